"""The departures' door as asset checks: the public promise of each mart, before the release."""

from collections.abc import Sequence

import dagster as dg

from orchestration.defs.check_results import check_result_for, subjects
from orchestration.resources import DataDirResource


def departure_checks(marts: Sequence[dg.AssetKey]) -> list[dg.AssetChecksDefinition]:
    """A suite attaches itself by its name: `expectations/marts/<mart>.py`."""
    found = subjects("marts")
    return [_check(key) for key in marts if key.path[-1] in found]


def _check(key: dg.AssetKey) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=key,
        name="marts",
        blocking=True,
        description=f"What {key.path[-1]} promises its readers, also against the release that is "
        "served; a critical failure keeps that release in place.",
    )
    def departures(data_dir: DataDirResource) -> dg.AssetCheckResult:
        return check_result_for(data_dir.paths, "marts", key.path[-1])

    return departures
