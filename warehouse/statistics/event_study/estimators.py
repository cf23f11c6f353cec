"""The effect of a measure on one flow, by seasonal differences and by a PPML forecast.

Each estimator returns the mean log change over a window, and the weights with which the noise of
the slots enters it, from which its standard error follows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.ppml import Forecast
from warehouse.statistics.event_study.seasonal_calendar import SLOTS_PER_YEAR, Flags, Floats, Slots


@dataclass(frozen=True)
class Change:
    """Log change over a window (minus infinity for a stopped flow) and its noise weights."""

    log: float
    weights: Floats


def change_from_forecast(slots: Slots, forecast: Forecast, after: Flags) -> Change | None:
    """ln(sum of q / sum of mu) over the window, for the slots with a forecast; None without any.

    Source: spec/methods.md M10, estimators 2 and 3.
    """
    used = after & np.isfinite(slots.kg) & np.isfinite(forecast.mu)
    if not used.any():
        return None
    share = np.where(used, forecast.mu, 0.0) / forecast.mu[used].sum()
    # the observed flow has its own noise, the forecast that of the baseline
    weights = share - share @ forecast.influence
    return Change(_log_ratio(slots.kg[used].sum(), forecast.mu[used].sum()), weights)


def change_from_seasonal_difference(
    slots: Slots, baseline: Flags, after: Flags, has_zeros: bool
) -> Change | None:
    """Mean of ln(q / q of the same season before), minus the same before the announcement.

    The season before is the latest one in the baseline, so that stock-building is not part of the
    comparison; for k years back, k times the mean growth is subtracted. If a flow has empty slots,
    which have no logarithm, ratios of sums replace means of logarithms. None if there are no pairs.

    Source: spec/methods.md M10, estimator 1.
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
    year_earlier = later - SLOTS_PER_YEAR
    weights = np.zeros(slots.kg.size)
    np.add.at(weights, now, 1 / now.size)
    np.add.at(weights, before, -1 / now.size)
    np.add.at(weights, later, -years.mean() / later.size)
    np.add.at(weights, year_earlier, years.mean() / later.size)
    if has_zeros:
        growth = _log_ratio(slots.kg[later].sum(), slots.kg[year_earlier].sum())
        expected = slots.kg[before] * np.exp(growth * years) if np.isfinite(growth) else None
        if expected is None or not expected.sum():
            return None
        return Change(_log_ratio(slots.kg[now].sum(), expected.sum()), weights)
    used = weights != 0
    return Change(float(weights[used] @ np.log(slots.kg[used])), weights)


def _years_back(n: int, known: Flags) -> int | None:
    """The years back to the latest slot of the same season in the baseline."""
    for back, place in enumerate(range(n - SLOTS_PER_YEAR, -1, -SLOTS_PER_YEAR), start=1):
        if known[place]:
            return back
    return None


def _log_ratio(above: float, below: float) -> float:
    if below <= 0:
        return float("nan")
    return float(np.log(above / below)) if above > 0 else float("-inf")
