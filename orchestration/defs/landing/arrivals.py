"""The arrivals' door as asset checks: one per landed table, before anything is built on it."""

from collections.abc import Mapping

import dagster as dg

from orchestration.doors import as_check_result, judged, suites
from orchestration.resources import Home
from sources.kit.catalog import SourceSpec


def arrival_checks(sources: Mapping[str, SourceSpec]) -> list[dg.AssetChecksDefinition]:
    """A suite attaches itself by its place: `expectations/arrivals/<source>.py`."""
    found = suites("arrivals")
    tables = [(s, t) for s, spec in sources.items() if s in found for t in spec.tables]
    return [_check(source_id, table) for source_id, table in tables]


def _check(source_id: str, table: str) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=["landing", source_id, table],
        name="arrivals",
        blocking=True,
        description=f"Shape, volume, coverage and drift of what landed of {source_id}.{table}; "
        "a critical failure stops the run before anything is built on it.",
    )
    def arrivals(home: Home) -> dg.AssetCheckResult:
        return as_check_result(judged(home.rooms, "arrivals", source_id, table))

    return arrivals
