"""Scenarios from tables: worked numbers, ranges of the cases, and answers without a number."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from warehouse.statistics.disruption.batch import read_supplies, run_scenarios
from warehouse.statistics.disruption.draws import draw_shortages
from warehouse.statistics.disruption.result_rows import SCHEMA
from warehouse.statistics.disruption.scenario import BLOC, Scenario

ITEM = {"item_kind": "material", "item_id": "x", "stage_id": "ore"}
SCENARIO = ITEM | {
    "scenario_id": "s", "horizon_months": 12, "stop_scope": "partners", "third_floor_share": 0.5,
    "sharing_limit_share": 0.0, "ramp_months": 0, "stock_release_share": 0.5,
    "capacity_year": None, "missing_reason": None,
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


def project(country: str, year: int, *added: float | None, **changes: Any) -> dict[str, Any]:
    """What a country's projects add by a year: point, low, high."""
    ends = ("added_quantity", "added_low_quantity", "added_high_quantity")
    row = ITEM | {"country_id": country, "year": year, "missing_reason": None}
    return row | dict(zip(ends, added, strict=True)) | changes


FLOWS = [flow("CHN", "JPN", 80.0), flow("AUS", "JPN", 20.0), flow("CHN", "KOR", 20.0),
         flow("AUS", "KOR", 80.0)]  # fmt: skip
TEXT = pa.string()


def solve(
    flows: list[dict[str, Any]] = FLOWS,
    capacities: list[dict[str, Any]] | None = None,
    stops: dict[str, float] | None = None,
    projects: list[dict[str, Any]] | None = None,
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
        pa.Table.from_pylist(projects or []),
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


def test_projects_of_the_year_count_in_full_and_have_a_band() -> None:
    """China stops 80 of Japan's 100 t and 20 of Korea's.

    By 2030 a plant in the United States adds 40 t a year, between 10 and 60. All of it goes to
    Japan, whose share is the worst: 40 t are short, between 20 and 70. The ramp of idle capacity
    does not apply to it; half a year is a half of all. In 2027 it has not begun.
    """
    none = [capacity("CHN")]
    plants = [project("USA", 2027, 0.0, 0.0, 0.0), project("USA", 2030, 40.0, 10.0, 60.0)]
    ends = ("shortage_quantity", "shortage_low_quantity", "shortage_high_quantity")
    for months, part in ((12, 1.0), (6, 0.5)):
        rows = solve(FLOWS, none, projects=plants, ramp_months=24, capacity_year=2030,
                     horizon_months=months)  # fmt: skip
        japan = partner(rows, "sharing", "JPN")
        found = [japan[name] for name in ends]
        assert found == pytest.approx([40.0 * part, 20.0 * part, 70.0 * part], abs=1e-5)
        assert japan["covered_by"] == "USA"
        assert {row["capacity_basis"] for row in rows} == {"base_year_and_projects"}
        assert {row["capacity_year"] for row in rows} == {2030}
    (added,) = (row for row in rows if row["supplier_id"] == "USA" and row["policy"] == "sharing"
                and row["row_kind"] == "flow")  # fmt: skip
    assert (added["base_quantity"], added["capacity_quantity"]) == (0.0, pytest.approx(20.0))
    usual = solve(FLOWS, none, projects=plants, ramp_months=24)
    assert partner(usual, "sharing", "JPN")["shortage_quantity"] == pytest.approx(80.0, abs=1e-5)
    assert {row["capacity_basis"] for row in usual} == {"base_year"}
    early = solve(FLOWS, none, projects=plants, ramp_months=24, capacity_year=2027)
    assert partner(early, "sharing", "JPN")["shortage_quantity"] == pytest.approx(80.0, abs=1e-5)
    assert {row["capacity_basis"] for row in early} == {"base_year"}


def test_a_partners_own_project_is_its_own_first() -> None:
    """Japan's plant of 30 t covers 30 of its 80 without anybody's help."""
    rows = solve(FLOWS, [capacity("CHN")], projects=[project("JPN", 2030, 30.0, 30.0, 30.0)],
                 capacity_year=2030)  # fmt: skip
    japan = partner(rows, "no_sharing", "JPN")
    assert (japan["shortage_quantity"], japan["added_quantity"]) == (50.0, 30.0)


def test_a_supplier_that_stops_adds_nothing_by_its_projects() -> None:
    rows = solve(projects=[project("CHN", 2030, 30.0, 30.0, 30.0)], capacity_year=2030)
    assert partner(rows, "sharing", "JPN")["shortage_quantity"] == pytest.approx(50.0, abs=1e-5)


def test_projects_without_a_number_are_named_and_count_for_nothing() -> None:
    reason = "P1: its capacity is not known"
    unknown = project("USA", 2030, None, None, None, missing_reason=reason)
    rows = solve(projects=[unknown], capacity_year=2030)
    assert {row["capacity_basis"] for row in rows} == {"base_year"}
    (text,) = {row["capacity_reason"] for row in rows}
    assert text == f"no project of x (ore) adds a known capacity by 2030: {reason}"
    (text,) = {row["capacity_reason"] for row in solve(capacity_year=2030)}
    assert text == "no project of x (ore) adds a known capacity by 2030"


def test_draws_move_what_projects_add() -> None:
    supplies, _ = read_supplies(
        pa.Table.from_pylist(FLOWS), pa.Table.from_pylist([capacity("CHN")]),
        pa.Table.from_pylist([project("USA", 2030, 40.0, 10.0, 60.0)]),
    )  # fmt: skip
    scenario = Scenario("s", {"CHN": 1.0}, 12, capacity_year=2030)
    supply = supplies["material", "x", "ore"]
    shared = draw_shortages(scenario, supply, n_draws=40, seed=1)[1]
    low, _, high = shared.quantity[:, shared.entities.index("JPN")]
    assert 20.0 <= low < high <= 70.0


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
