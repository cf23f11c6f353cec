"""The event study on series with a known answer."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from tests.statistics.synthetic import EVENT, Truth, make_flow
from warehouse.statistics.event_study.anticipation import (
    count_months_to_recovery,
    estimate_stockbuilding,
)
from warehouse.statistics.event_study.event_study import (
    HORIZONS,
    Estimate,
    build_view,
    estimate_effects,
)
from warehouse.statistics.event_study.placebo_tests import Placebos, placebo_windows
from warehouse.statistics.event_study.ppml import fit_forecast
from warehouse.statistics.event_study.seasonal_calendar import (
    Event,
    Slots,
    Windows,
    month_of,
    to_slots,
)

approx = pytest.approx
NOISELESS = Truth(effect_share=-0.6, anticipation_share=0.4, noise=0.0, holiday=0.0)


def effects(rows: list[Estimate]) -> dict[tuple[str, int], float | None]:
    return {
        (row.estimator, row.horizon_months): row.effect_share
        for row in rows
        if row.not_estimated_reason is None
    }


def reasons(rows: list[Estimate]) -> set[str | None]:
    return {row.not_estimated_reason for row in rows}


def flat(months: int, effective: date, level: float = 100.0) -> tuple[int, np.ndarray]:
    """A flow without season or noise whose last month is twelve after the effective one."""
    first = month_of(effective) + 12 - months
    return first, np.full(months, level)


# --- months and windows ---


def test_january_and_february_are_one_slot() -> None:
    slots = to_slots(2023 * 12, np.array([10.0, 30, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14]))
    assert slots.kg.size == 11
    assert slots.kg[0] == 20  # a month's mean
    assert (slots.start[0], slots.end[0]) == (2023 * 12, 2023 * 12 + 1)
    assert (slots.start[-1], slots.end[-1]) == (2023 * 12 + 11, 2023 * 12 + 11)


def test_a_slot_with_an_unknown_month_is_unknown_and_not_zero() -> None:
    begins_in_february = to_slots(2023 * 12 + 1, np.array([30.0, 5]))
    assert np.isnan(begins_in_february.kg[0])
    assert np.isnan(to_slots(2023 * 12, np.array([np.nan, 30.0, 0])).kg[0])
    assert to_slots(2023 * 12, np.array([np.nan, 30.0, 0])).kg[1] == 0


@pytest.mark.parametrize(
    ("announced", "effective", "untouched_until", "in_force_from"),
    [
        (date(2023, 10, 20), date(2023, 12, 1), (2023, 10), (2023, 12)),
        (date(2024, 8, 15), date(2024, 9, 15), (2024, 8), (2024, 9)),  # 16 of 30 days
        (date(2025, 4, 4), date(2025, 4, 20), (2025, 4), (2025, 5)),  # 11 of 30 days
        (date(2025, 4, 14), date(2025, 4, 1), (2025, 4), (2025, 4)),  # effect came first
    ],
)
def test_windows_of_an_event(
    announced: date,
    effective: date,
    untouched_until: tuple[int, int],
    in_force_from: tuple[int, int],
) -> None:
    event = Event(announced, effective)
    year, month = untouched_until
    assert event.untouched_until == year * 12 + month - 1
    year, month = in_force_from
    assert event.in_force_from == year * 12 + month - 1


def test_no_slot_is_in_two_windows_and_the_baseline_ends_before_the_announcement() -> None:
    slots = make_flow(1, Truth()).flow
    windows = Windows.of(EVENT)
    baseline = windows.baseline(slots, 72)
    parts = baseline.astype(int) + windows.anticipation(slots) + windows.after(slots, 12)
    assert parts.max() == 1
    assert slots.end[baseline].max() < month_of(EVENT.announced)
    assert list(slots.start[windows.anticipation(slots)]) == [2023 * 12 + 9, 2023 * 12 + 10]


# --- estimators ---


def test_without_noise_the_truth_is_found() -> None:
    made = make_flow(3, NOISELESS)
    groups = {"siblings": made.siblings, "destinations": made.siblings[:1]}
    found = effects(estimate_effects(made.flow, EVENT, groups))
    assert len(found) == 4 * len(HORIZONS)
    # the mean of siblings with different growth does not grow at a constant rate
    assert found == {key: approx(-0.6, abs=0.005 if "did" in key[0] else 1e-6) for key in found}


def test_the_lunar_new_year_costs_less_than_a_point() -> None:
    found = effects(
        estimate_effects(make_flow(3, replace(NOISELESS, holiday=0.35)).flow, EVENT, {})
    )
    assert found == {key: approx(-0.6, abs=0.01) for key in found}


def test_stock_building_does_not_change_the_effect() -> None:
    calm, built = (make_flow(4, Truth(anticipation_share=share)) for share in (0.0, 2.0))
    without, having = (estimate_effects(made.flow, EVENT, {}) for made in (calm, built))
    assert effects(having) == effects(without)


def test_forecast_is_the_regression_with_a_dummy_for_every_later_slot() -> None:
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    slots = make_flow(5, Truth(effect_share=-0.3)).flow
    baseline = Windows.of(EVENT).baseline(slots, 72)
    later = np.flatnonzero(~baseline & (slots.number >= slots.number[baseline].max()))
    sample = np.union1d(np.flatnonzero(baseline), later)
    season = (slots.season[sample, None] == np.arange(11)).astype(float)
    dummies = (sample[:, None] == later).astype(float)
    design = np.column_stack([season, (slots.number[sample] - slots.number[0]) / 11, dummies])
    fitted = GLM(slots.kg[sample], design, family=Poisson()).fit(tol=1e-12)
    forecast = fit_forecast(slots, baseline)
    expected = np.log(slots.kg[later] / forecast.mu[later])
    assert fitted.params[-later.size :] == approx(expected, abs=1e-6)


def test_a_stopped_flow_has_a_finite_interval() -> None:
    stopped = [row for row in estimate_effects(make_flow(6, Truth(effect_share=-1)).flow, EVENT, {})
               if row.not_estimated_reason is None]  # fmt: skip
    assert len(stopped) == 6
    for row in stopped:
        assert (row.effect_share, row.effect_log, row.ci_low) == (-1, None, -1)
        assert row.ci_high is not None
        assert -1 < row.ci_high < -0.9
        assert row.is_significant


def test_empty_months_are_counted_and_not_skipped() -> None:
    """Two months' trade in every other month: logarithms of the remaining months would show an
    increase."""
    first, kg = flat(84, EVENT.effective)
    kg[-12::2] = 0
    kg[-11::2] = 200
    found = effects(estimate_effects(to_slots(first, kg), EVENT, {}))
    assert found["ppml", 12] == approx(0, abs=1e-6)
    assert found["seasonal_log", 12] == approx(0, abs=1e-6)


@pytest.mark.parametrize(
    ("months", "reason"), [(12 + 2 + 23, "history_too_short"), (12 + 2 + 36, None)]
)
def test_less_than_two_years_before_the_announcement_are_too_short(
    months: int, reason: str | None
) -> None:
    rows = estimate_effects(to_slots(*flat(months, EVENT.effective)), EVENT, {})
    assert {row.not_estimated_reason for row in rows if row.estimator == "ppml"} == {reason}


def test_exclusions_have_reasons() -> None:
    first, kg = flat(84, EVENT.effective)
    assert reasons(estimate_effects(to_slots(first, kg[:-1]), EVENT, {})) == {
        None, "post_window_incomplete", "no_control",
    }  # fmt: skip
    rare = np.where(np.arange(84) % 5 == 0, kg, 0)
    assert reasons(estimate_effects(to_slots(first, rare), EVENT, {})) == {"flow_too_sparse"}
    unknown = kg.copy()
    unknown[-2] = np.nan
    excluded = {
        row.horizon_months: row.not_estimated_reason
        for row in estimate_effects(to_slots(first, unknown), EVENT, {})
        if row.estimator == "ppml"
    }
    assert excluded == {3: None, 6: None, 12: "post_window_incomplete"}


# --- placebos ---


def test_p_counts_the_real_date_among_the_dates() -> None:
    placebos = Placebos([0.1, -0.5, 0.2, 0.6], 3)
    assert placebos.p(-0.5) == (1 + 2) / (1 + 4)
    assert placebos.p(float("-inf")) == 1 / 5
    assert Placebos([], 3).p(-0.5) is None


def test_placebo_dates_are_a_year_earlier_with_two_years_of_history() -> None:
    slots = make_flow(7, Truth(years=6)).flow
    placebos = placebo_windows(slots, EVENT)
    assert max(w.in_force_from for w in placebos) == EVENT.in_force_from - 12
    assert min(w.untouched_until for w in placebos) == 2019 * 12 + 24


# --- around the event ---


def test_stockbuilding_without_noise() -> None:
    built = estimate_stockbuilding(build_view(make_flow(8, NOISELESS).flow, Windows.of(EVENT)))
    assert built is not None
    assert built.months == 2
    assert built.excess_share == approx(0.4)
    assert built.observed_kg == approx(1.4 * built.expected_kg)


def test_a_measure_in_force_at_once_has_no_window() -> None:
    at_once = Event(date(2023, 12, 1), date(2023, 12, 1))
    assert (
        estimate_stockbuilding(build_view(make_flow(8, NOISELESS).flow, Windows.of(at_once)))
        is None
    )


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        ([100] * 12, 0),
        ([0] * 12, None),
        # 40 + 60 + 60 of 300 reach half with the eighth month
        ([0, 0, 0, 0, 0, 40, 60, 60, 60, 60, 60, 60], 8),
        # one lump of 140 under one licence is less than half of a quarter's 300
        ([0, 0, 0, 140, 0, 0, 0, 0, 0, 0, 0, 0], None),
    ],
)
def test_months_to_recovery(after: list[float], expected: int | None) -> None:
    at_once = Event(date(2023, 3, 1), date(2023, 3, 1))
    first, kg = flat(84, at_once.effective)
    kg[-12:] = after
    series: Slots = to_slots(first, kg)
    assert count_months_to_recovery(build_view(series, Windows.of(at_once))) == expected
