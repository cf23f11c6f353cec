"""Stock-building before a measure, and the recovery of a flow after it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.autocorrelation import estimate_standard_error
from warehouse.statistics.event_study.event_study import EventView

#: Months taken together, since one large shipment under a licence is not a recovery.
RECOVERY_MONTHS = 3


@dataclass(frozen=True)
class Stockbuilding:
    """Flow between announcement and effect against its seasonal expectation.

    Weights in kg; `excess_share` is observed / expected - 1, `z_score` that by its standard error.
    """

    months: int
    observed_kg: float
    expected_kg: float
    excess_share: float
    z_score: float | None


def estimate_stockbuilding(real: EventView) -> Stockbuilding | None:
    """The stock-building of an event, or None.

    None if the window has no whole month (a measure in force at once) or an unknown one.
    Source: spec/methods.md M10 (A = observed / expected - 1).
    """
    slots, forecast = real.slots, real.forecast
    window = real.windows.anticipation(slots)
    if not window.any() or not np.all(np.isfinite(slots.kg[window] + forecast.mu[window])):
        return None
    months = slots.end - slots.start + 1
    observed = float((slots.kg * months)[window].sum())
    expected = float((forecast.mu * months)[window].sum())
    share = np.where(window, forecast.mu * months, 0.0) / expected
    # without an effect the excess varies with the noise of the window and of the baseline
    error = estimate_standard_error(share - share @ forecast.influence, forecast)
    excess = observed / expected - 1
    return Stockbuilding(
        int(months[window].sum()),
        observed,
        expected,
        excess,
        excess / error if error > 0 else None,
    )


def count_months_to_recovery(real: EventView, share: float = 0.5) -> int | None:
    """Months from effect to the end of the first three months that reach `share` of expectation.

    0 if already the first three months do, None if none do so far. Source: spec/methods.md M10.
    """
    slots, forecast = real.slots, real.forecast
    months = slots.end - slots.start + 1
    since = slots.end - real.windows.in_force_from + 1
    later = (slots.start >= real.windows.in_force_from) & np.isfinite(slots.kg + forecast.mu)
    ends = np.flatnonzero(later & (since >= RECOVERY_MONTHS))
    for end in ends:
        stretch = later & (slots.start > slots.end[end] - RECOVERY_MONTHS)
        stretch[end + 1 :] = False
        flowed = float((slots.kg * months)[stretch].sum())
        if flowed >= share * float((forecast.mu * months)[stretch].sum()):
            return 0 if end == ends[0] else int(since[end])
    return None
