"""Scenarios from tables: worked numbers, ranges of the cases, and answers without a number."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from warehouse.statistics.disruption.batch import SCHEMA, run_scenarios
from warehouse.statistics.disruption.scenario import BLOC, Scenario

ITEM = {"item_kind": "material", "item_id": "x", "stage_id": "ore"}
SCENARIO = ITEM | {
    "scenario_id": "s", "horizon_months": 12, "stop_scope": "partners", "third_floor_share": 0.5,
    "sharing_limit_share": 0.0, "ramp_months": 0, "stock_release_share": 0.5,
    "missing_reason": None,
}  # fmt: skip


def flow(supplier: str, importer: str, quantity: float, **changes: Any) -> dict[str, Any]:
    row = ITEM | {
        "supplier_id": supplier, "importer_id": importer, "base_quantity": quantity,
        "base_low_quantity": quantity, "base_high_quantity": quantity, "coverage_share": 1.0,
        "missing_reason": None,
    }  # fmt: skip
    return row | changes


def capacity(country: str, **changes: Any) -> dict[str, Any]:
    parts = ("third_exports", "spare", "stock")
    numbers = {f"{part}{end}_quantity": None for part in parts for end in ("", "_low", "_high")}
    return ITEM | {"country_id": country, "barred_importer_ids": None} | numbers | changes


FLOWS = [flow("CHN", "JPN", 80.0), flow("AUS", "JPN", 20.0), flow("CHN", "KOR", 20.0),
         flow("AUS", "KOR", 80.0)]  # fmt: skip
TEXT = pa.string()


def solve(
    flows: list[dict[str, Any]] = FLOWS,
    capacities: list[dict[str, Any]] | None = None,
    stops: dict[str, float] | None = None,
    **changes: Any,
) -> list[dict[str, Any]]:
    capacities = capacities or [capacity("AUS", third_exports_quantity=60.0)]
    stopped = [
        {"scenario_id": "s", "supplier_id": name, "lost_share": share}
        for name, share in (stops if stops is not None else {"CHN": 1.0}).items()
    ]
    columns = {"scenario_id": TEXT, "supplier_id": TEXT, "lost_share": pa.float64()}
    found = run_scenarios(
        pa.Table.from_pylist([SCENARIO | changes]),
        pa.Table.from_pylist(stopped, schema=pa.schema(columns)),
        pa.Table.from_pylist(flows), pa.Table.from_pylist(capacities),
    )  # fmt: skip
    assert found.schema == SCHEMA
    rows: list[dict[str, Any]] = found.to_pylist()
    return rows


def partner(rows: list[dict[str, Any]], policy: str, entity: str) -> dict[str, Any]:
    (row,) = (
        row for row in rows
        if (row["row_kind"], row["policy"], row["entity_id"]) == ("partner", policy, entity)
    )  # fmt: skip
    return row


def test_sharing_covers_the_partner_that_is_worst_off() -> None:
    """Japan lacks 80 of 100, Korea 20 of 100; half of Australia's 60 for others goes to Japan."""
    rows = solve()
    assert partner(rows, "no_sharing", "JPN")["shortage_quantity"] == 80.0
    japan = partner(rows, "sharing", "JPN")
    assert japan["shortage_quantity"] == pytest.approx(50.0, abs=1e-5)
    assert japan["shortage_share"] == pytest.approx(0.5, abs=1e-7)
    assert japan["covered_share"] == pytest.approx(0.375, abs=1e-7)
    assert japan["covered_by"] == "AUS"
    assert japan["covered_by_others_quantity"] == pytest.approx(30.0, abs=1e-5)
    assert partner(rows, "sharing", BLOC)["shortage_quantity"] == pytest.approx(70.0, abs=1e-5)
    (added,) = (r for r in rows if r["row_kind"] == "flow" and r["policy"] == "sharing"
                and r["supplier_id"] == "AUS")  # fmt: skip
    assert (added["entity_id"], added["new_quantity"]) == ("JPN", pytest.approx(50.0, abs=1e-5))
    assert added["is_capacity_binding"]
    assert added["shortage_avoided_ratio"] == pytest.approx(1.0)


def test_a_shorter_stop_is_a_part_of_the_year() -> None:
    """A quarter of the year: a quarter of all quantities, and the same shares."""
    japan = partner(solve(horizon_months=3), "sharing", "JPN")
    assert japan["shortage_quantity"] == pytest.approx(12.5, abs=1e-5)
    assert japan["shortage_share"] == pytest.approx(0.5, abs=1e-7)


def test_the_range_holds_the_bands_of_all_inputs() -> None:
    """Lost 70 to 90 of Japan's deliveries, Australia adds 20 to 40: short 30 to 70, and 50."""
    flows = [flow("CHN", "JPN", 80.0, base_low_quantity=70.0, base_high_quantity=90.0),
             flow("AUS", "JPN", 20.0)]  # fmt: skip
    third = {"third_exports_quantity": 60.0, "third_exports_low_quantity": 40.0,
             "third_exports_high_quantity": 80.0}  # fmt: skip
    japan = partner(solve(flows, [capacity("AUS", **third)]), "sharing", "JPN")
    names = ("shortage_low_quantity", "shortage_quantity", "shortage_high_quantity")
    assert [japan[name] for name in names] == pytest.approx([30.0, 50.0, 70.0], abs=1e-5)


def test_what_is_not_measured_widens_the_range() -> None:
    """Four fifths are measured: 25 t more are imported, from others or from the supplier."""
    flows = [flow("CHN", "JPN", 80.0, coverage_share=0.8), flow("AUS", "JPN", 20.0)]
    flows[1]["coverage_share"] = 0.8
    japan = partner(solve(flows), "no_sharing", "JPN")
    assert japan["shortage_share"] == pytest.approx(0.8)
    assert japan["shortage_share_low"] == pytest.approx(80 / 125)
    assert japan["shortage_share_high"] == pytest.approx(105 / 125)


def test_stock_counts_only_where_it_is_drawn() -> None:
    stocks = [capacity("AUS", third_exports_quantity=60.0), capacity("JPN", stock_quantity=40.0)]
    rows = solve(capacities=stocks)
    assert partner(rows, "sharing", "JPN")["shortage_quantity"] == pytest.approx(50.0, abs=1e-5)
    japan = partner(rows, "sharing_plus_stock", "JPN")
    assert japan["stock_drawn_quantity"] == pytest.approx(20.0, abs=1e-5)
    assert japan["shortage_quantity"] == pytest.approx(30.0, abs=1e-5)


def test_a_ban_keeps_a_supplier_from_adding() -> None:
    barred = [capacity("AUS", third_exports_quantity=60.0, barred_importer_ids="ALL")]
    assert partner(solve(capacities=barred), "sharing", "JPN")["shortage_quantity"] == 80.0


def test_when_everyone_is_cut_off_others_compete_for_idle_capacity() -> None:
    """China also delivered 100 elsewhere: the partners, who lose 100, get half of the 40."""
    spare = [capacity("AUS", spare_quantity=40.0), capacity("CHN", third_exports_quantity=100.0)]
    rows = solve(capacities=spare, stop_scope="everyone", third_floor_share=1.0)
    assert partner(rows, "sharing", "JPN")["shortage_quantity"] == pytest.approx(60.0, abs=1e-5)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"missing_reason": "no source of routes"}, "no source of routes"),
        ({"item_id": "y"}, "no partner's imports of y"),
        ({"stops": {"BRA": 1.0}}, "comes from BRA"),
        ({"stops": {}}, "no supplier stops"),
    ],
)
def test_a_scenario_without_an_answer_states_why(changes: dict[str, Any], reason: str) -> None:
    rows = solve(**changes)
    assert [row["entity_id"] for row in rows] == [BLOC] * 3
    assert all(reason in row["missing_reason"] for row in rows)
    assert all(row["shortage_quantity"] is None for row in rows)


def test_a_partner_without_a_number_states_why() -> None:
    flows = [*FLOWS, flow("CHN", "USA", 0.0, base_quantity=None, missing_reason="too little")]
    america = partner(solve(flows), "sharing", "USA")
    assert (america["shortage_quantity"], america["missing_reason"]) == (None, "too little")


def test_idle_capacity_rises_in_a_line() -> None:
    scenario = Scenario("s", {}, 12, ramp_months=12)
    assert scenario.ramp_share == 0.5
    assert Scenario("s", {}, 24, ramp_months=12).ramp_share == 0.75
    assert Scenario("s", {}, 6, ramp_months=12).ramp_share == 0.25


def test_a_share_that_may_be_anything_has_its_range_alone() -> None:
    """Between nothing and 90 t of the basket are the item: no number, but 0 and 0.9."""
    flows = [flow("CHN", "JPN", 90.0, base_low_quantity=0.0), flow("AUS", "JPN", 10.0)]
    japan = partner(solve(flows), "no_sharing", "JPN")
    assert japan["shortage_quantity"] is None
    assert japan["demand_quantity"] is None
    assert "wider than three quarters" in japan["missing_reason"]
    assert japan["shortage_share_low"] == 0.0
    assert japan["shortage_share_high"] == pytest.approx(0.9)
