"""Mart checks as asset checks of the exported Parquet: one step, one check per mart."""

import shutil
from collections.abc import Iterator

import dagster as dg

from expectations.runner import list_subjects, run_checkpoint
from orchestration.defs.check_results import asset_check_result
from orchestration.defs.explain_failures import explain_failures
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource


def mart_checks() -> dg.AssetChecksDefinition:
    """A check per mart; a critical failure keeps the release that is current in place."""
    specs = [
        dg.AssetCheckSpec(
            name=mart,
            asset=["release", "parquet"],
            blocking=True,
            description=f"What {mart} promises its readers, also against the current release.",
        )
        for mart in list_subjects("marts")
    ]

    @dg.multi_asset_check(name="check_marts", specs=specs, can_subset=True, pool=POOL)
    def check(
        context: dg.AssetCheckExecutionContext, data_dir: DataDirResource
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = {key.name: key for key in context.selected_asset_check_keys}
        report_progress("marts", "validating")
        with explain_failures(), timed("marts"):
            if len(chosen) == len(specs):  # results of marts that are gone must not stay
                shutil.rmtree(data_dir.paths.check_results / "marts", ignore_errors=True)
            found = run_checkpoint(data_dir.paths, "marts", sorted(chosen))
        for mart, results in found.items():
            yield asset_check_result(chosen[mart], results)

    return check
