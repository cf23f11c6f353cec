"""The job `everything`: the chain of runs from all sources to a release, as one button."""

from datetime import date

import dagster as dg
from pydantic import Field

from orchestration.defs.automation.chain import run_chain
from orchestration.defs.automation.chain_request import ChainRequest
from orchestration.defs.automation.jobs import EVERYTHING
from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.knowledge_day import check_knowledge_day
from orchestration.resources import DataDirResource


class EverythingConfig(dg.Config):
    """Nothing set: land what is bundled and has changed, build, check, publish."""

    live: list[str] = Field(default=[], description="Sources whose publishers are asked.")
    only: list[str] = Field(
        default=[], description="With `force`: sources to land and check though unchanged."
    )
    manual: dict[str, list[str]] = Field(default={}, description="Files by source.")
    retries: int = 0
    as_known_on: str = Field(
        default="",
        description="Use nothing published after this day; the release is published beside the "
        "current one.",
    )
    as_of: str = Field(default="", description="The day whose members count as members.")
    activate: bool = Field(
        default=False, description="Make the release current also where as_known_on is set."
    )
    force: bool = False


@dg.op(description="Run each changed source, then build and publish; see the runs of the group.")
def run_everything(
    context: dg.OpExecutionContext, config: EverythingConfig, data_dir: DataDirResource
) -> str:
    from orchestration.definitions import defs as load_definitions

    request = ChainRequest(
        live=config.live, only=config.only, manual=config.manual, retries=config.retries,
        as_known_on=config.as_known_on, as_of=config.as_of, activate=config.activate,
        force=config.force,
    )  # fmt: skip
    with explain_failures():
        check_knowledge_day(config.as_known_on, date.today())
        done = run_chain(
            data_dir.paths, load_definitions(), context.instance, request,
            {"pax/parent_run": context.run_id}, context.log.error,
        )  # fmt: skip
    context.add_output_metadata(
        {"run_group": done.group, "refused": "; ".join(done.refused), **(done.release or {})}
    )
    if done.failures or done.release is None:
        raise dg.Failure(
            "no release: " + "\n".join(done.failures) + "\nThe failed run of the group "
            f"pax/run_group={done.group} has the details.",
            allow_retries=False,
        )
    return done.group


@dg.job(
    name=EVERYTHING,
    description="The whole chain: a run per changed source, then one that builds and publishes.",
)
def everything() -> None:
    run_everything()


@dg.definitions
def defs() -> dg.Definitions:
    return dg.Definitions(jobs=[everything])
