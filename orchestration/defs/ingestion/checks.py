"""The arrivals' door as asset checks: one per landed table, before anything is built on it."""

from collections.abc import Mapping

import dagster as dg

from orchestration.defs.check_results import check_result_for, subjects
from orchestration.resources import DataDirResource
from sources.kit.catalog import SourceSpec


def arrival_checks(sources: Mapping[str, SourceSpec]) -> list[dg.AssetChecksDefinition]:
    """A suite attaches itself by its place: `expectations/arrivals/<source>.py`."""
    found = subjects("sources")
    tables = [f"{source_id}.{table}" for source_id, s in sources.items() for table in s.tables]
    return [_check(subject) for subject in tables if subject in found]


def _check(subject: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=["landing", *subject.split(".")],
        name="sources",
        blocking=True,
        # the suites know the run's day: a source may rightly be empty on it
        additional_deps=[["landing", "run", "parameters"]],
        description=f"Shape, volume, coverage and drift of what landed of {subject}; a critical "
        "failure stops the run before anything is built on it.",
    )
    def arrivals(data_dir: DataDirResource) -> dg.AssetCheckResult:
        return check_result_for(data_dir.paths, "sources", subject)

    return arrivals
