"""The departures' door as asset checks: the public promise of each mart, before the release."""

from collections.abc import Sequence

import dagster as dg

from orchestration.doors import judged, subjects
from orchestration.resources import Home


def departure_checks(marts: Sequence[dg.AssetKey]) -> list[dg.AssetChecksDefinition]:
    """A suite attaches itself by its name: `expectations/departures/<mart>.py`."""
    found = subjects("departures")
    return [_check(key) for key in marts if key.path[-1] in found]


def _check(key: dg.AssetKey) -> dg.AssetChecksDefinition:
    @dg.asset_check(
        asset=key,
        name="departures",
        blocking=True,
        description=f"What {key.path[-1]} promises its readers, also against the release that is "
        "served; a critical failure keeps that release in place.",
    )
    def departures(home: Home) -> dg.AssetCheckResult:
        return judged(home.rooms, "departures", key.path[-1])

    return departures
