"""Source checks as asset checks: one step per source, before anything is built on what landed."""

from collections.abc import Iterator

import dagster as dg

from expectations.runner import list_subjects, run_checkpoint
from orchestration.defs.check_results import asset_check_result
from orchestration.defs.explain_failures import explain_failures
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource
from sources.kit.catalog import SourceSpec


def source_checks(spec: SourceSpec) -> dg.AssetChecksDefinition | None:
    """All suites of a source, one check per landed table; None if it has none."""
    subjects = [s for s in list_subjects("sources") if s.partition(".")[0] == spec.source_id]
    if not subjects:
        return None
    specs = [
        dg.AssetCheckSpec(
            name="sources",
            asset=["landing", *subject.split(".")],
            blocking=True,
            # the suites know the run's day: a source may be empty on it
            additional_deps=[["landing", "run", "parameters"]],
            description=f"Shape, volume, coverage and drift of what landed of {subject}; a "
            "critical failure stops the run before anything is built on it.",
        )
        for subject in subjects
    ]

    @dg.multi_asset_check(name=f"check_{spec.source_id}", specs=specs, can_subset=True, pool=POOL)
    def check(
        context: dg.AssetCheckExecutionContext, data_dir: DataDirResource
    ) -> Iterator[dg.AssetCheckResult]:
        chosen = {".".join(k.asset_key.path[1:]): k for k in context.selected_asset_check_keys}
        report_progress("sources", spec.source_id)
        with explain_failures(), timed("sources"):
            found = run_checkpoint(data_dir.paths, "sources", sorted(chosen))
        for subject, results in found.items():
            yield asset_check_result(chosen[subject], results)

    return check
