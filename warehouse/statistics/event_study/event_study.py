"""The effect of a measure on one flow, by every estimator and horizon (spec/methods.md M10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.autocorrelation import estimate_standard_error
from warehouse.statistics.event_study.controls import control_index
from warehouse.statistics.event_study.estimators import (
    Change,
    change_from_forecast,
    change_from_seasonal_difference,
)
from warehouse.statistics.event_study.placebo_tests import (
    MIN_HISTORY_MONTHS,
    Placebos,
    placebo_windows,
)
from warehouse.statistics.event_study.ppml import Forecast, fit_forecast
from warehouse.statistics.event_study.seasonal_calendar import Event, Flags, Floats, Slots, Windows

HORIZONS = (3, 6, 12)
#: Maximum length of the baseline: a linear trend does not describe longer periods.
MAX_BASELINE_MONTHS = 72
#: Maximum share of empty slots in the baseline of a flow.
MAX_ZERO_SHARE = 0.5

SEASONAL, PPML = "seasonal_log", "ppml"
#: Estimators with a control group, and the role of the group.
COMPARED = {"did_siblings": "siblings", "did_destinations": "destinations"}
ESTIMATORS = (SEASONAL, PPML, *COMPARED)


@dataclass(frozen=True)
class Estimate:
    """One estimator at one horizon, or the reason why there is no estimate.

    Shares are relative to the expectation, -1 for a stopped flow, whose `effect_log` is None.
    """

    estimator: str
    horizon_months: int
    not_estimated_reason: str | None = None
    effect_log: float | None = None
    effect_share: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_placebo: float | None = None
    n_placebo: int | None = None
    n_controls: int | None = None

    @property
    def is_significant(self) -> bool:
        """Whether both the placebo rank and the interval exclude zero.

        With few independent placebo dates the rank alone is significant too often where the
        flow has a slow cycle.
        """
        if self.p_placebo is None or self.ci_low is None or self.ci_high is None:
            return False
        return self.p_placebo <= 0.05 and not self.ci_low <= 0 <= self.ci_high


@dataclass(frozen=True)
class EventView:
    """A flow with the windows of one event, real or placebo, and its forecast."""

    slots: Slots
    windows: Windows
    baseline: Flags
    forecast: Forecast
    has_zeros: bool

    def change(self, estimator: str, months: int) -> Change | None:
        """The change over the first months after effect; None if not identified."""
        after = self.windows.after(self.slots, months)
        if estimator == SEASONAL:
            return change_from_seasonal_difference(self.slots, self.baseline, after, self.has_zeros)
        return change_from_forecast(self.slots, self.forecast, after)

    def covers(self, months: int) -> bool:
        """Whether every month of the horizon is known."""
        after = self.windows.after(self.slots, months)
        reaches = bool(self.slots.end[-1] >= self.windows.in_force_from + months - 1)
        return reaches and bool(np.all(np.isfinite(self.slots.kg[after])))


def estimate_effects(
    slots: Slots, event: Event, groups: Mapping[str, Sequence[Slots]]
) -> list[Estimate]:
    """Every estimator at every horizon.

    Args:
        groups: uncontrolled flows by role (values of `COMPARED`).
    """
    reason = exclusion_reason(slots, event)
    if reason:
        return [Estimate(name, months, reason) for name in ESTIMATORS for months in HORIZONS]
    views = _views(slots, event, None)
    rows = [_estimate(views, name, months) for name in (SEASONAL, PPML) for months in HORIZONS]
    for name, group in COMPARED.items():
        index, n_controls = control_index(
            groups.get(group, ()), slots, event, MAX_BASELINE_MONTHS, max(HORIZONS)
        )
        if index is None:
            rows += [Estimate(name, months, "no_control") for months in HORIZONS]
            continue
        controlled_views = _views(slots, event, index)
        rows += [_estimate(controlled_views, name, months, n_controls) for months in HORIZONS]
    return rows


def exclusion_reason(slots: Slots, event: Event) -> str | None:
    """Why no estimate is possible (`history_too_short`, `flow_too_sparse`), or None."""
    baseline = Windows.of(event).baseline(slots, MAX_BASELINE_MONTHS) & np.isfinite(slots.kg)
    months = int(np.sum((slots.end - slots.start + 1)[baseline]))
    if months < MIN_HISTORY_MONTHS:
        return "history_too_short"
    return "flow_too_sparse" if _is_sparse(slots, baseline) else None


def build_view(slots: Slots, windows: Windows, exposure: Floats | None = None) -> EventView:
    """The baseline of an event and its forecast."""
    baseline = windows.baseline(slots, MAX_BASELINE_MONTHS)
    # of the whole flow, so that real and placebo dates use the same formula
    has_zeros = bool(np.any(slots.kg == 0))
    return EventView(slots, windows, baseline, fit_forecast(slots, baseline, exposure), has_zeros)


def _views(slots: Slots, event: Event, exposure: Floats | None) -> list[EventView]:
    """The real event first, then the placebo dates whose baseline is not too sparse."""
    real = build_view(slots, Windows.of(event), exposure)
    placebos = (build_view(slots, windows, exposure) for windows in placebo_windows(slots, event))
    return [real] + [placebo for placebo in placebos if not _is_sparse(slots, placebo.baseline)]


def _is_sparse(slots: Slots, baseline: Flags) -> bool:
    return bool(np.mean(slots.kg[baseline & np.isfinite(slots.kg)] == 0) > MAX_ZERO_SHARE)


def _estimate(
    views: list[EventView], estimator: str, months: int, n_controls: int | None = None
) -> Estimate:
    real, *placebo_views = views
    if not real.covers(months):
        return Estimate(estimator, months, "post_window_incomplete")
    change = real.change(estimator, months)
    if change is None or np.isnan(change.log):
        return Estimate(estimator, months, "not_identified")
    # the window of a placebo date ends before the announcement of the real one
    changes = [
        placebo.change(estimator, months)
        for placebo in placebo_views
        if placebo.windows.in_force_from + months <= real.windows.untouched_until
    ]
    placebos = Placebos([c.log for c in changes if c is not None and not np.isnan(c.log)], months)
    low, high = _interval(real, change, months, placebos)
    return Estimate(
        estimator,
        months,
        None,
        change.log if np.isfinite(change.log) else None,
        float(np.expm1(change.log)),
        low,
        high,
        placebos.p(change.log),
        placebos.n,
        n_controls,
    )


def _interval(
    real: EventView, change: Change, months: int, placebos: Placebos
) -> tuple[float | None, float | None]:
    """95 % interval of the share: by noise or by the placebo dates, whichever is wider."""
    # slow to import: see `ppml`
    from scipy.stats import t  # type: ignore[import-untyped]

    forecast = real.forecast
    degrees_of_freedom = int(forecast.baseline.sum()) - forecast.n_parameters
    if degrees_of_freedom < 1:
        return None, None
    if not np.isfinite(change.log):
        # a stopped flow has no spread; the quasi-Poisson likelihood gives an upper bound
        kg, mu = real.slots.kg[forecast.baseline], forecast.mu[forecast.baseline]
        dispersion = float(np.sum((kg - mu) ** 2 / mu)) / degrees_of_freedom
        expected = float(np.nansum(forecast.mu[real.windows.after(real.slots, months)]))
        return -1.0, min(0.0, -1.0 + 1.92 * dispersion / expected) if expected else 0.0
    noise = float(t.ppf(0.975, degrees_of_freedom)) * estimate_standard_error(
        change.weights, forecast
    )
    half_width = max(noise, placebos.half_width())
    return float(np.expm1(change.log - half_width)), float(np.expm1(change.log + half_width))
