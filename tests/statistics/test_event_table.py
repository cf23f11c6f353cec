"""The event study from table to table, and China's graphite from the publisher's file."""

from __future__ import annotations

import csv
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from tests.statistics.synthetic import EVENT, Truth, make_flow
from warehouse.paths import DBT_PROJECT
from warehouse.statistics.event_study.batch import SCHEMA, event_table
from warehouse.statistics.event_study.placebo_tests import MIN_HISTORY_MONTHS

GRAPHITE = (date(2023, 10, 20), date(2023, 12, 1))
GALLIUM = (date(2023, 7, 3), date(2023, 8, 1))


def flows(**dates: tuple[date, date]) -> pa.Table:
    return pa.Table.from_pylist(
        [
            {"flow_id": flow, "announced_date": announced, "effective_date": effective}
            for flow, (announced, effective) in dates.items()
        ]
    )


def months_of(seed: int, truth: Truth) -> list[dict[str, Any]]:
    """A synthetic flow by months: both months of the holiday's slot have its mean."""
    made = make_flow(seed, truth)
    named = {("flow", "x"): made.flow} | {
        ("siblings", f"s{n}"): sibling for n, sibling in enumerate(made.siblings)
    }
    return [
        {"flow_id": "f", "role": role, "member_id": member, "month": month, "kg": kg}
        for (role, member), slots in named.items()
        for start, end, kg in zip(slots.start, slots.end, slots.kg, strict=True)
        for month in range(int(start), int(end) + 1)
    ]


def test_table_of_one_flow() -> None:
    estimates = event_table(
        flows(f=(EVENT.announced, EVENT.effective)),
        pa.Table.from_pylist(
            months_of(1, Truth(effect_share=-0.6, anticipation_share=0.4, noise=0.02))
        ),
    )
    assert estimates.schema == SCHEMA
    rows = {(row["estimator"], row["horizon_months"]): row for row in estimates.to_pylist()}
    assert len(rows) == 1 + 4 * 3
    assert rows["expectation", 0]["window_months"] == 2
    assert rows["expectation", 0]["excess_share"] == pytest.approx(0.4, abs=0.1)
    for estimator in ("seasonal_log", "ppml", "did_siblings"):
        row = rows[estimator, 12]
        assert row["effect_share"] == pytest.approx(-0.6, abs=0.05)
        assert row["post_mean_kg"] < row["baseline_mean_kg"] / 2
        assert (row["is_significant"], row["zero_months"]) == (True, 0)
    assert rows["did_siblings", 3]["n_controls"] == 3
    assert rows["did_destinations", 3]["not_estimated_reason"] == "no_control"


def test_no_flows_give_an_empty_table() -> None:
    months = pa.Table.from_pylist(months_of(1, Truth(years=4)))
    assert event_table(flows().slice(0, 0), months).equals(SCHEMA.empty_table())


def test_levels_of_the_seed_are_those_of_the_code() -> None:
    with (DBT_PROJECT / "seeds" / "reference" / "thresholds.csv").open() as seed:
        levels = {row["threshold_id"]: row["threshold"] for row in csv.DictReader(seed)}
    assert float(levels["event_history_months"]) == MIN_HISTORY_MONTHS


def test_rows_do_not_depend_on_the_order_in_which_months_come() -> None:
    months = months_of(2, Truth(years=6))
    dates = flows(f=(EVENT.announced, EVENT.effective))
    one = event_table(dates, pa.Table.from_pylist(months))
    assert event_table(dates, pa.Table.from_pylist(months[::-1])).equals(one)


@pytest.fixture(scope="module")
def china(shared_data: Path) -> list[dict[str, Any]]:
    """China's monthly exports by code, all listed partners together, from the first month that has
    a row of the code; a later month without one is a month without trade."""
    kg: dict[tuple[str, int], float] = defaultdict(float)
    with (shared_data / "trade" / "china_exports_monthly_hs6_by_partner_2017_2024.csv").open() as f:
        for row in csv.DictReader(f):
            day = date.fromisoformat(row["period_dt"])
            kg[row["hs6"], day.year * 12 + day.month - 1] += float(row["qty"])
    first = {code: min(m for c, m in kg if c == code) for code, _ in kg}
    return [
        {"flow_id": code, "role": "flow", "member_id": code, "month": m, "kg": kg[code, m]}
        for code, begins in sorted(first.items())
        for m in range(begins, 2025 * 12)
    ]


def test_graphite_and_gallium_of_china(china: list[dict[str, Any]]) -> None:
    dates = {"250410": GRAPHITE, "380110": GRAPHITE, "811292": GALLIUM}
    estimates = event_table(flows(**dates), pa.Table.from_pylist(china)).to_pylist()
    rows = {(row["flow_id"], row["estimator"], row["horizon_months"]): row for row in estimates}
    assert len(rows) == 3 * 13
    for row in estimates:
        if row["not_estimated_reason"] is None and row["estimator"] != "expectation":
            assert row["ci_low"] <= row["effect_share"] <= row["ci_high"]
            assert row["n_placebo"] >= 25
    # natural graphite: stock-building, then a fall that is mostly recovered after half a year
    natural = {months: rows["250410", "ppml", months]["effect_share"] for months in (3, 6, 12)}
    assert -1 < natural[3] < -0.5 < natural[6] < natural[12] < 0
    for estimator in ("ppml", "seasonal_log"):
        assert rows["250410", estimator, 3]["is_significant"]
        # of artificial graphite nothing can be estimates from its usual ups and downs
        assert not rows["380110", estimator, 12]["is_significant"]
    assert rows["250410", "expectation", 0]["excess_share"] > 0.5
    assert 3 < rows["250410", "ppml", 3]["months_to_50pct_recovery"] <= 12
    # a basket of metals of which two are controlled: too noisy
    assert not rows["811292", "ppml", 3]["is_significant"]
