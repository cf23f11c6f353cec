"""Source checks as asset checks: one step per source, before anything is built on what landed."""

from collections.abc import Iterator

import dagster as dg

from expectations.runner import list_subjects
from orchestration.defs.check_results import asset_check_result
from orchestration.defs.collect_check_results import set_aside_results
from orchestration.defs.explain_failures import explain_failures
from orchestration.defs.ingestion.acceptance import check_source
from orchestration.progress import report_progress, timed
from orchestration.resources import POOL, DataDirResource
from sources.kit.catalog import SourceSpec, catalog
from warehouse.storage.load_records import write_load_records_table
from warehouse.storage.set_aside import list_set_aside


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
            "partition that fails critically is set aside, and the last good one is built on.",
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
            found, refused = check_source(data_dir.paths, spec)
            if refused:  # the landing step wrote it before
                write_load_records_table(data_dir.paths, catalog())
        for entry in refused:
            context.log.warning(f"{entry.sentence}.\nWhat to do: {entry.remedy}")
        missing = list_set_aside(data_dir.paths, spec.source_id)
        for subject in sorted(chosen):
            results = [*found.get(subject, ()), *set_aside_results(missing, subject)]
            yield asset_check_result(chosen[subject], results)

    return check
