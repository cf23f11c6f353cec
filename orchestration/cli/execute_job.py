"""The heavy part of a run: dbt's parse, the asset graph, the job in this process.

Imported only after the fingerprint has said that something changed.
"""

from __future__ import annotations

import logging
import os
from dataclasses import dataclass, field
from typing import Any

import dagster as dg

from expectations.views import sharing
from orchestration import dbt_env, dbt_run, interrupts, progress
from orchestration.cli.error_mapping import with_way_out
from orchestration.cli.run_parameters import Parameters
from orchestration.defs import build
from orchestration.instance import forgetful
from warehouse.paths import DataPaths


@dataclass(frozen=True)
class Outcome:
    """What became of the job: the release's metadata, or why there is none."""

    run_id: str
    release: dict[str, Any] | None
    failures: list[str] = field(default_factory=list)


def execute(paths: DataPaths, parameters: Parameters, fingerprint: str) -> Outcome:
    """Parse, load the graph, run the job (or the part that was selected)."""
    _quiet(paths)
    with progress.timed("prepare"), interrupts.heard():
        progress.report_progress("prepare", "parsing the dbt project")
        dbt_run.parse(paths)
        progress.report_progress("prepare", "loading the asset graph")
        definitions = build(paths)
        job = definitions.resolve_job_def("pax_run")
        selection = _selection(definitions, parameters.select) if parameters.select else None
    with forgetful() as instance, sharing():
        try:
            result = job.execute_in_process(
                run_config=_config(parameters, fingerprint),
                instance=instance,
                asset_selection=selection,
                raise_on_error=False,
            )
        except dg.DagsterExecutionInterruptedError:
            raise KeyboardInterrupt from None
    release = _release(result)
    if release is None and _was_interrupted(result):
        raise KeyboardInterrupt
    return Outcome(result.run_id, release, _failures(result))


#: How Ctrl-C arrives in the events of a job: dbt and Dagster take it for a failed step.
_INTERRUPTS = ("KeyboardInterrupt", "DagsterExecutionInterruptedError")


def _was_interrupted(result: dg.ExecuteInProcessResult) -> bool:
    for event in result.all_events:
        error = event.step_failure_data.error if event.is_step_failure else None
        while error is not None:
            if error.cls_name in _INTERRUPTS:
                return True
            error = error.cause
    return False


def _quiet(paths: DataPaths) -> None:
    """Libraries log into a file, not across the progress display."""
    logs = dbt_env.logs(paths)
    logs.mkdir(parents=True, exist_ok=True)
    handler = logging.FileHandler(logs / "run.log", mode="w", encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.captureWarnings(True)
    os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "yes")


def _config(parameters: Parameters, fingerprint: str) -> dict[str, Any]:
    inputs = {
        "live": list(parameters.live),
        "only": list(parameters.only),
        "partitions": list(parameters.partitions),
        "as_known_on": parameters.as_known_on or "",
        "as_of": parameters.as_of or "",
        "fingerprint": fingerprint,
    }
    return {
        "resources": {"inputs": {"config": inputs}},
        "loggers": {"file": {"config": {"log_level": "INFO"}}},
    }


def _selection(definitions: dg.Definitions, select: str) -> list[dg.AssetKey]:
    """What must land, and the dbt nodes that `select` names (dbt's own selection syntax)."""
    from dagster_dbt import build_dbt_asset_selection

    assets = [a for a in definitions.assets or [] if isinstance(a, dg.AssetsDefinition)]
    [models] = [a for a in assets if a.op.name == "dbt_build"]
    chosen = build_dbt_asset_selection([models], dbt_select=select).resolve(assets)
    if not chosen:
        return []
    landing = {key for a in assets for key in a.keys if key.path[0] == "landing"}
    return sorted(chosen | landing)


def _release(result: dg.ExecuteInProcessResult) -> dict[str, Any] | None:
    for event in result.all_events:
        if event.is_step_materialization and event.asset_key == dg.AssetKey(["release", "duckdb"]):
            metadata = event.step_materialization_data.materialization.metadata
            return {name: value.value for name, value in metadata.items()}
    return None


def _failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """Why the job failed, the inmost cause of each failed step, one sentence each."""
    found = []
    for event in result.all_events:
        if event.is_step_failure:
            error = event.step_failure_data.error
            while error is not None and error.cause is not None:
                error = error.cause
            told = _sentence(error.message if error else str(event.message))
            found.append(with_way_out(told))
    return list(dict.fromkeys(found))


def _sentence(message: str) -> str:
    """Dagster prefixes the class of an exception; a person does not need its module."""
    name, found, rest = message.strip().partition(": ")
    return rest if found and " " not in name else message.strip()
