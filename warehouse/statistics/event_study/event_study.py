"""Warehouse, methods: what a measure did to one flow, by every estimator and horizon (M10)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.autocorrelation import standard_error
from warehouse.statistics.event_study.controls import control_index
from warehouse.statistics.event_study.estimators import Change, by_forecast, by_seasonal_difference
from warehouse.statistics.event_study.placebo_tests import LEAST_MONTHS, Placebos, placebo_windows
from warehouse.statistics.event_study.ppml import Forecast, forecast
from warehouse.statistics.event_study.seasonal_calendar import Event, Flags, Floats, Slots, Windows

HORIZONS = (3, 6, 12)
#: Older years tell of another market, and a trend is a line only for so long.
MOST_MONTHS = 72
#: A flow that is empty more often has no usual level from which to fall.
MOST_EMPTY = 0.5

SEASONAL, PPML = "seasonal_log", "ppml"
#: Estimators that compare with a control group, and the group each compares with.
COMPARED = {"did_siblings": "siblings", "did_destinations": "destinations"}
ESTIMATORS = (SEASONAL, PPML, *COMPARED)


@dataclass(frozen=True)
class Estimate:
    """One estimator at one horizon; with a reason instead of figures where it cannot say.

    Shares are -1 for a flow that stopped. The log is then None: minus infinity is no number.
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
        """Neither a fake date nor noise does the like: both, since with few independent dates the
        rank alone cries wolf where a slow cycle is at work."""
        if self.p_placebo is None or self.ci_low is None or self.ci_high is None:
            return False
        return self.p_placebo <= 0.05 and not self.ci_low <= 0 <= self.ci_high


@dataclass(frozen=True)
class View:
    """A flow as one event, real or fake, sees it."""

    slots: Slots
    windows: Windows
    baseline: Flags
    told: Forecast
    has_zeros: bool

    def change(self, estimator: str, months: int) -> Change | None:
        after = self.windows.after(self.slots, months)
        if estimator == SEASONAL:
            return by_seasonal_difference(self.slots, self.baseline, after, self.has_zeros)
        return by_forecast(self.slots, self.told, after)

    def covers(self, months: int) -> bool:
        """Whether every month of the aftermath is known."""
        after = self.windows.after(self.slots, months)
        reaches = bool(self.slots.end[-1] >= self.windows.in_force_from + months - 1)
        return reaches and bool(np.all(np.isfinite(self.slots.kg[after])))


def study(slots: Slots, event: Event, groups: Mapping[str, Sequence[Slots]]) -> list[Estimate]:
    """Every estimator at every horizon; `groups` holds the uncontrolled flows by their kind."""
    reason = exclusion_reason(slots, event)
    if reason:
        return [Estimate(name, months, reason) for name in ESTIMATORS for months in HORIZONS]
    alone = _views(slots, event, None)
    rows = [_estimate(alone, name, months) for name in (SEASONAL, PPML) for months in HORIZONS]
    for name, group in COMPARED.items():
        index, n_controls = control_index(
            groups.get(group, ()), slots, event, MOST_MONTHS, max(HORIZONS)
        )
        if index is None:
            rows += [Estimate(name, months, "no_control") for months in HORIZONS]
            continue
        beside = _views(slots, event, index)
        rows += [_estimate(beside, name, months, n_controls) for months in HORIZONS]
    return rows


def exclusion_reason(slots: Slots, event: Event) -> str | None:
    """Why nothing can be said of the flow at all; None where something can."""
    baseline = Windows.of(event).baseline(slots, MOST_MONTHS) & np.isfinite(slots.kg)
    months = int(np.sum((slots.end - slots.start + 1)[baseline]))
    if months < LEAST_MONTHS:
        return "history_too_short"
    return "flow_too_sparse" if _is_sparse(slots, baseline) else None


def view(slots: Slots, windows: Windows, exposure: Floats | None = None) -> View:
    """The baseline of an event and what it foretells."""
    baseline = windows.baseline(slots, MOST_MONTHS)
    # asked of the whole flow, so that real and fake dates are measured by one arithmetic
    has_zeros = bool(np.any(slots.kg == 0))
    return View(slots, windows, baseline, forecast(slots, baseline, exposure), has_zeros)


def _views(slots: Slots, event: Event, exposure: Floats | None) -> list[View]:
    """The real event's first, then those of the fake dates that are no sparser than it may be."""
    real = view(slots, Windows.of(event), exposure)
    fakes = (view(slots, windows, exposure) for windows in placebo_windows(slots, event))
    return [real] + [fake for fake in fakes if not _is_sparse(slots, fake.baseline)]


def _is_sparse(slots: Slots, baseline: Flags) -> bool:
    return bool(np.mean(slots.kg[baseline & np.isfinite(slots.kg)] == 0) > MOST_EMPTY)


def _estimate(
    views: list[View], estimator: str, months: int, n_controls: int | None = None
) -> Estimate:
    real, *fakes = views
    if not real.covers(months):
        return Estimate(estimator, months, "post_window_incomplete")
    change = real.change(estimator, months)
    if change is None or np.isnan(change.log):
        return Estimate(estimator, months, "not_identified")
    # the aftermath of a fake date ends before anybody knew of the real one
    changes = [
        fake.change(estimator, months)
        for fake in fakes
        if fake.windows.in_force_from + months <= real.windows.untouched_until
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
    real: View, change: Change, months: int, placebos: Placebos
) -> tuple[float | None, float | None]:
    """95 % interval of the share: what noise or what fake dates allow, whichever is wider."""
    # heavy to load: see `ppml`
    from scipy.stats import t  # type: ignore[import-untyped]

    told = real.told
    spare = int(told.baseline.sum()) - told.n_parameters
    if spare < 1:
        return None, None
    if not np.isfinite(change.log):
        # of nothing no spread can be taken: the quasi-Poisson likelihood still bounds from above
        kg, mu = real.slots.kg[told.baseline], told.mu[told.baseline]
        dispersion = float(np.sum((kg - mu) ** 2 / mu)) / spare
        foretold = float(np.nansum(told.mu[real.windows.after(real.slots, months)]))
        return -1.0, min(0.0, -1.0 + 1.92 * dispersion / foretold) if foretold else 0.0
    noise = float(t.ppf(0.975, spare)) * standard_error(change.weights, told)
    reach = max(noise, placebos.reach())
    return float(np.expm1(change.log - reach)), float(np.expm1(change.log + reach))
