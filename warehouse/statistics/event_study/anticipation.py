"""Warehouse, methods: stock-building before a measure, and how long a flow takes to come back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.autocorrelation import standard_error
from warehouse.statistics.event_study.event_study import View

#: A single lump under one licence is no recovery: so many months are looked at together.
RECOVERY_MONTHS = 3


@dataclass(frozen=True)
class Stockbuilding:
    """What flowed between announcement and effect against what the season promised."""

    months: int
    observed_kg: float
    expected_kg: float
    excess_share: float
    z_score: float | None


def stockbuilding(real: View) -> Stockbuilding | None:
    """None where the window holds no whole month, as with measures that bite at once, or where a
    month of it is unknown."""
    slots, told = real.slots, real.told
    window = real.windows.anticipation(slots)
    if not window.any() or not np.all(np.isfinite(slots.kg[window] + told.mu[window])):
        return None
    months = slots.end - slots.start + 1
    observed = float((slots.kg * months)[window].sum())
    expected = float((told.mu * months)[window].sum())
    share = np.where(window, told.mu * months, 0.0) / expected
    # in a quiet world the observed excess moves as the noise of the window and of the baseline do
    error = standard_error(share - share @ told.influence, told)
    excess = observed / expected - 1
    return Stockbuilding(
        int(months[window].sum()),
        observed,
        expected,
        excess,
        excess / error if error > 0 else None,
    )


def months_to_recovery(real: View, share: float = 0.5) -> int | None:
    """Months from effect to the end of the first three in a row that together reach `share` of
    their seasonal expectation; 0 where already the first three do, None where none do, so far."""
    slots, told = real.slots, real.told
    months = slots.end - slots.start + 1
    since = slots.end - real.windows.in_force_from + 1
    later = (slots.start >= real.windows.in_force_from) & np.isfinite(slots.kg + told.mu)
    ends = np.flatnonzero(later & (since >= RECOVERY_MONTHS))
    for end in ends:
        stretch = later & (slots.start > slots.end[end] - RECOVERY_MONTHS)
        stretch[end + 1 :] = False
        flowed = float((slots.kg * months)[stretch].sum())
        if flowed >= share * float((told.mu * months)[stretch].sum()):
            return 0 if end == ends[0] else int(since[end])
    return None
