"""Warehouse, methods: the effect of a measure on one flow, by seasonal differences and by PPML.

Each estimator gives the mean log change over a window and the weights by which the noise of the
slots enters it, from which its standard error follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.ppml import Forecast
from warehouse.statistics.event_study.seasonal_calendar import SLOTS_PER_YEAR, Flags, Floats, Slots


@dataclass(frozen=True)
class Change:
    """Log change over a window (minus infinity where nothing flowed) and its noise weights."""

    log: float
    weights: Floats


def by_forecast(slots: Slots, told: Forecast, after: Flags) -> Change | None:
    """ln(Σ q / Σ μ) over the window; of its slots those that the baseline can foretell."""
    used = after & np.isfinite(slots.kg) & np.isfinite(told.mu)
    if not used.any():
        return None
    share = np.where(used, told.mu, 0.0) / told.mu[used].sum()
    # what flowed carries its own noise, what was foretold that of the baseline
    weights = share - share @ told.influence
    return Change(_log_ratio(slots.kg[used].sum(), told.mu[used].sum()), weights)


def by_seasonal_difference(
    slots: Slots, baseline: Flags, after: Flags, has_zeros: bool
) -> Change | None:
    """Mean of ln(q / q of the same season before) after, less the same before the announcement.

    The season before is the latest one in the baseline, so that stock-building is no one's
    yardstick; k years back, k times the usual growth is taken off. Where the flow has empty slots,
    whose logarithm does not exist, ratios of sums take the place of means of logarithms.
    """
    known = baseline & np.isfinite(slots.kg)
    later = np.flatnonzero(known[SLOTS_PER_YEAR:] & known[:-SLOTS_PER_YEAR]) + SLOTS_PER_YEAR
    pairs = [
        (int(n), back)
        for n in np.flatnonzero(after & np.isfinite(slots.kg))
        if (back := _years_back(int(n), known)) is not None
    ]
    if not pairs or not later.size:
        return None
    now = np.array([n for n, _ in pairs])
    years = np.array([back for _, back in pairs])
    before = now - years * SLOTS_PER_YEAR
    usual = later - SLOTS_PER_YEAR
    weights = np.zeros(slots.kg.size)
    np.add.at(weights, now, 1 / now.size)
    np.add.at(weights, before, -1 / now.size)
    np.add.at(weights, later, -years.mean() / later.size)
    np.add.at(weights, usual, years.mean() / later.size)
    if has_zeros:
        growth = _log_ratio(slots.kg[later].sum(), slots.kg[usual].sum())
        expected = slots.kg[before] * np.exp(growth * years) if np.isfinite(growth) else None
        if expected is None or not expected.sum():
            return None
        return Change(_log_ratio(slots.kg[now].sum(), expected.sum()), weights)
    used = weights != 0
    return Change(float(weights[used] @ np.log(slots.kg[used])), weights)


def _years_back(n: int, known: Flags) -> int | None:
    """Years to the latest slot of the same season that is part of the baseline."""
    for back, place in enumerate(range(n - SLOTS_PER_YEAR, -1, -SLOTS_PER_YEAR), start=1):
        if known[place]:
            return back
    return None


def _log_ratio(above: float, below: float) -> float:
    if below <= 0:
        return float("nan")
    return float(np.log(above / below)) if above > 0 else float("-inf")
