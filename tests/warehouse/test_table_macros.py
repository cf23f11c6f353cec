"""The release's table macros on a release of a few rows, and against their marts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fixture_world.dbt import build
from tests.fixture_world.landing import SECOND_USGS, land_world
from tests.fixture_world.worlds import DATA, Worlds
from warehouse.paths import DataPaths
from warehouse.release.table_macros import (
    TableMacro,
    add_table_macros,
    list_table_macros,
    names_read,
)
from warehouse.release.verify import SAMPLES
from warehouse.storage.load_records import write_parameters
from warehouse.storage.read_only import reading

# the macros are those that dbt compiled for the five-country world
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]

TABLES = {
    "policy_timeline": "clause_id varchar, measure_id varchar, issuer_id varchar, targets_text"
    " varchar, instrument varchar, direction varchar, items_text varchar, title varchar,"
    " legal_ref varchar, clause_kind varchar, state varchar, state_basis varchar, state_by_text"
    " varchar, is_counted boolean, start_date date, end_date date,"
    " next_state varchar, next_change_date date, suspension_id varchar, known_from_date date,"
    " known_to_date date, source_title varchar, source_url varchar, lineage_id varchar",
    "fct_policy_event": "event_id varchar, parent_event_ids varchar, confidence varchar,"
    " reported_status_date date, known_from_date date",
    "partner_dependency": "source_id varchar, edition varchar, entity_id varchar, netting varchar,"
    " membership_variant varchar, item_kind varchar, item_id varchar, stage_id varchar,"
    " period_type varchar, period_start_date date, period_end_date date, year integer,"
    " imports_usd double, coverage_share double, filing_coverage_share double, quality_flags"
    " varchar, known_from_date date, lineage_id varchar",
    "fct_clause_flow": "clause_id varchar, entity_id varchar, netting varchar, item_kind varchar,"
    " item_id varchar, stage_id varchar, base_year integer, product_code varchar,"
    " importer_id varchar, supplier_id varchar, effective_date date, issuer_is_concern boolean,"
    " issuer_is_partner boolean, value_usd double, measured_share_low double, measured_share_high"
    " double, import_share_best double, coverage_low double, coverage_high double, coverage_best"
    " double, coverage_best_low double, coverage_best_high double, best_method varchar,"
    " severity double, coverage_share double",
    "fct_clause_origin": "clause_id varchar, entity_id varchar, netting varchar, material_id"
    " varchar, stage_id varchar, base_year integer, product_codes varchar, importer_id varchar,"
    " issuer_id varchar, origin_id varchar, effective_date date, issuer_is_concern boolean,"
    " issuer_is_partner boolean, import_share_low double, import_share_high double,"
    " import_share_best double, coverage_low double, coverage_high double, coverage_best double,"
    " coverage_best_low double, coverage_best_high double, best_method varchar, severity double",
    "origin_lookthrough": "consumer_id varchar, origin_id varchar, material_id varchar, stage_id"
    " varchar, year integer, imports_t double, qty_basis varchar, quality_flags varchar,"
    " source_edition_max varchar, known_from_date date, lineage_id varchar",
}
Connection = duckdb.DuckDBPyConnection
END_OF_2026 = date(2026, 12, 31)


def put(connection: Connection, table: str, **cells: Any) -> None:
    """Insert one row; columns not given are NULL."""
    names, marks = ", ".join(cells), ", ".join("?" * len(cells))
    connection.execute(
        f"insert into marts.{table} ({names}) values ({marks})", list(cells.values())
    )


def fetch_rows(
    connection: Connection, sql: str, values: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    found = connection.execute(sql, values)
    names = [column[0] for column in found.description or ()]
    return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@pytest.fixture(scope="module")
def macros(worlds: Worlds) -> list[TableMacro]:
    return list_table_macros(worlds.paths.dbt_target / "manifest.json")


def empty_release(macros: list[TableMacro]) -> Connection:
    connection = duckdb.connect()
    connection.execute("create schema marts")
    for name, columns in TABLES.items():
        connection.execute(f"create table marts.{name} ({columns})")
    add_table_macros(connection, macros)
    return connection


@pytest.fixture
def release(macros: list[TableMacro]) -> Iterator[Connection]:
    """The package of October 2025 and Japan's imports: 80 of 100 from China in 2024, 8 of 40 in
    2025. The edition became known on 2026-01-22."""
    connection = empty_release(macros)
    package: dict[str, Any] = {"clause_id": "P", "measure_id": "P", "title": "October package"}
    first: dict[str, Any] = {"known_from_date": "2025-10-09", "known_to_date": "2025-11-07"}
    put(connection, "policy_timeline", **package, **first, state="announced",
        start_date="2025-10-09", end_date="2025-11-07", next_change_date="2025-11-08",
        next_state="active")  # fmt: skip
    put(connection, "policy_timeline", **package, **first, state="active", start_date="2025-11-08")
    later = {"known_from_date": "2025-11-07", "suspension_id": "S"}
    put(connection, "policy_timeline", **package, **later, state="suspended",
        start_date="2025-11-07", end_date="2026-11-10", next_change_date="2026-11-11",
        next_state="unknown")  # fmt: skip
    put(connection, "policy_timeline", **package, **later, state="unknown", start_date="2026-11-11")
    put(connection, "policy_timeline", clause_id="R", measure_id="R", state="active",
        start_date="2025-04-04", known_from_date="2025-04-04")  # fmt: skip
    seen = {"confidence": "high", "reported_status_date": "2026-10-01"}
    put(connection, "fct_policy_event", event_id="P", known_from_date="2025-10-09", **seen)
    put(connection, "fct_policy_event", event_id="S", known_from_date="2025-11-07", **seen)
    put(connection, "fct_policy_event", event_id="T", known_from_date="2026-09-24",
        confidence="low", parent_event_ids="S", reported_status_date="2026-10-01")  # fmt: skip
    for year, imports, flow in ((2024, 100, 80), (2025, 40, 8)):
        imported(connection, year, imports)
        hit(connection, "R", year, flow)
        hit(connection, "P", year, flow, effective="2025-11-08")
    yield connection
    connection.close()


ITEM = {"entity_id": "JPN", "netting": "gross", "item_kind": "product", "item_id": "284690",
        "stage_id": "product"}  # fmt: skip


def imported(
    connection: Connection, year: int, usd: float, *, known_from: str = "2026-01-22"
) -> None:
    put(connection, "partner_dependency", **ITEM, source_id="s", edition="e",
        coverage_share=1, known_from_date=known_from, membership_variant="none",
        period_type="A", period_start_date=f"{year}-01-01",
        period_end_date=f"{year}-12-31", year=year, imports_usd=usd)  # fmt: skip


def hit(connection: Connection, clause: str, year: int, usd: float, *, supplier: str = "CHN",
        low: float = 0.25, high: float = 0.75, effective: str = "2025-04-04") -> None:  # fmt: skip
    share = usd / {2024: 100, 2025: 40}[year]
    put(connection, "fct_clause_flow", clause_id=clause, **ITEM, base_year=year,
        product_code="284690", importer_id="JPN", supplier_id=supplier,
        issuer_is_concern=True, issuer_is_partner=False, effective_date=effective, value_usd=usd,
        coverage_share=1, measured_share_low=share, measured_share_high=share,
        import_share_best=share,
        coverage_low=low, coverage_high=high, severity=0.5)  # fmt: skip


def state(connection: Connection, as_of: str, known_on: str) -> dict[str, Any]:
    sql = f"select * from marts.active_clauses('{as_of}', '{known_on}') where clause_id = 'P'"
    (row,) = fetch_rows(connection, sql)
    return row


def test_state_after_the_last_text_is_unknown(release: Connection) -> None:
    row = state(release, "2026-11-23", "2026-11-23")
    assert row["state"] == "unknown"
    assert row["is_in_force"] is None
    assert str(row["state_before_until_date"]) == "2026-11-10"
    assert row["statement"] == (
        "suspended until 2026-11-10 by the last text; later state not evidenced (S)"
        "; 1 reported change of low confidence not applied; evidence ends on 2026-10-01"
    )


def test_each_day_uses_the_texts_known_then(release: Connection) -> None:
    assert state(release, "2025-11-08", "2025-10-20")["is_in_force"] is True
    assert state(release, "2025-11-08", "2025-11-07")["state"] == "suspended"
    assert "not applied" not in state(release, "2026-01-01", "2026-01-01")["statement"]


def exposure(
    connection: Connection, as_of: str, known_on: str, *, path: str = "direct"
) -> dict[str, dict[str, Any]]:
    sql = (
        f"select * from marts.control_exposure_asof('{as_of}', '{known_on}')"
        f" where coalesce(path, '{path}') = '{path}'"
    )
    return {row["window_rule"]: row for row in fetch_rows(connection, sql)}


def test_headline_window_ends_before_the_effect(release: Connection) -> None:
    rows = exposure(release, "2026-06-30", "2026-06-30")
    before, trailing = rows["pre_effective"], rows["trailing_to_t"]
    assert (before["exposure_share_low"], before["exposure_share_high"]) == (0.2, 0.6)
    assert (trailing["exposure_share_low"], trailing["exposure_share_high"]) == (0.05, 0.15)
    assert before["active_clause_ids"] == "R"
    assert before["severity_weighted_share"] == pytest.approx(0.3)
    assert before["exposure_if_suspensions_lapse_high"] == pytest.approx(0.8)


def test_no_clause_no_exposure_and_no_unknown_trade(release: Connection) -> None:
    rows = exposure(release, "2025-03-31", "2026-06-30")
    assert {row["exposure_share_high"] for row in rows.values()} == {0.0}
    (nothing,) = exposure(release, "2026-06-30", "2026-01-21").values()
    assert nothing["exposure_share_high"] is None
    assert "known on 2026-01-21" in nothing["missing_reason"], "the edition was not known"


def traced(connection: Connection, *, known_from: str, share: float) -> None:
    """The same compounds of Japan in 2024, traced to China: `share` of the weight is its own."""
    put(connection, "origin_lookthrough", consumer_id="JPN", origin_id="CHN",
        material_id="rare_earths", stage_id="compound", year=2024, imports_t=10,
        qty_basis="net_weight", quality_flags="", source_edition_max="e|p",
        known_from_date=known_from, lineage_id="s@e+m@p")  # fmt: skip
    put(connection, "fct_clause_origin", clause_id="R", entity_id="JPN", netting="gross",
        material_id="rare_earths", stage_id="compound", base_year=2024, product_codes="284690",
        importer_id="JPN", issuer_id="CHN", origin_id="CHN", effective_date="2025-04-04",
        issuer_is_concern=True, issuer_is_partner=False, import_share_low=share,
        import_share_high=share, coverage_low=0.25, coverage_high=0.75, severity=0.5)  # fmt: skip


def test_origins_are_a_path_of_their_own(release: Connection) -> None:
    """Known from 2026-02-06, two weeks after the trade: 0.9 of the weight, of which the clause
    covers a quarter to three quarters. The path of the sellers is as without it."""
    before = exposure(release, "2026-06-30", "2026-06-30")
    traced(release, known_from="2026-02-06", share=0.9)
    assert exposure(release, "2026-06-30", "2026-06-30") == before
    rows = exposure(release, "2026-06-30", "2026-06-30", path="indirect")
    assert set(rows) == {"pre_effective", "trailing_to_t"}
    for row in rows.values():
        assert row["exposure_share_low"] == pytest.approx(0.225)
        assert row["exposure_share_high"] == pytest.approx(0.675)
        assert (row["share_basis"], row["exposed_usd_high"]) == ("net_weight", None)
        assert (row["dominant_issuer_id"], row["source_id"]) == ("CHN", "cepii_baci")
    assert exposure(release, "2026-06-30", "2026-02-05", path="indirect") == {}
    assert exposure(release, "2026-06-30", "2026-02-05") != {}


def test_a_question_without_days_is_asked_of_today(release: Connection) -> None:
    (today,) = release.execute("select current_date").fetchone() or ()
    (row,) = fetch_rows(release, "select * from marts.active_clauses() where clause_id = 'P'")
    assert row == state(release, str(today), str(today))


clauses = st.lists(
    st.tuples(st.sampled_from(["CHN", "COD", "IDN"]), st.floats(0, 1), st.floats(0, 1)), max_size=5
)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(listed=clauses)
def test_exposure_grows_with_the_clauses(
    macros: list[TableMacro], listed: list[tuple[str, float, float]]
) -> None:
    connection = empty_release(macros)
    imported(connection, 2024, 100, known_from="2025-01-01")
    low = high = 0.0
    for number, (supplier, one, other) in enumerate(listed):
        put(connection, "policy_timeline", clause_id=f"C{number}", measure_id="C", state="active",
            start_date="2025-02-01", known_from_date="2025-02-01")  # fmt: skip
        hit(connection, f"C{number}", 2024, 30, supplier=supplier, low=min(one, other),
            high=max(one, other), effective="2025-02-01")  # fmt: skip
        row = exposure(connection, "2025-06-30", "2025-06-30")["pre_effective"]
        assert 0 <= row["exposure_share_low"] <= row["exposure_share_high"] <= 1
        assert row["exposure_share_low"] >= low
        assert row["exposure_share_high"] >= high
        low, high = row["exposure_share_low"], row["exposure_share_high"]
    connection.close()


@pytest.fixture(scope="module")
def of_a_day(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The five-country world as of the end of 2026, with the edition landed that stated the trade
    of that year in 2027, after every register entry."""
    paths = DataPaths.at(tmp_path_factory.mktemp("of_a_day") / "data")
    land_world(paths)
    write_parameters(paths, as_of_date=END_OF_2026)
    build(paths, *DATA)
    return paths.database


@pytest.fixture(params=["world", "of_a_day"])
def built(request: pytest.FixtureRequest, worlds: Worlds) -> Iterator[Connection]:
    """A working database: all known, or as of a day before the newest edition."""
    of_a_day = request.param == "of_a_day"
    with reading(request.getfixturevalue("of_a_day") if of_a_day else worlds.world) as connection:
        yield connection


def grid(connection: Connection) -> tuple[date, list[date]]:
    """The day of knowledge of control_exposure, and its days: the run's and the quarter ends."""
    known_on, days = connection.execute(
        "select max(known_on_date), list(distinct as_of_date order by as_of_date)"
        " from marts.control_exposure"
    ).fetchone() or (END_OF_2026, [])
    assert len(days) > 8, "quarter ends since the first year of trade"
    return known_on, days


def test_exposure_equals_the_mart_on_every_day_of_the_grid(built: Connection) -> None:
    """All columns but the lineage: partner_dependency, which the macro reads, has more parts."""
    known_on, days = grid(built)
    macro = "marts.control_exposure_asof($day, $known_on)"
    at = {"day": days[-1], "known_on": known_on}
    result = built.execute(
        f"select * exclude (lineage_id, missing_reason) from {macro} limit 0", at
    )
    columns = ", ".join(column[0] for column in result.description or ())
    mart = f"select {columns} from marts.control_exposure where as_of_date = $day"
    # the grid has the items that some clause hits, and all on the day of the run
    item = "path, entity_id, netting, item_kind, item_id, stage_id"
    on_grid = (
        f"select {columns} from {macro} semi join (select {item} from marts.control_exposure"
        f" where not is_as_of_date or $day = (select max(as_of_date) from marts.control_exposure)"
        f") using ({item})"
    )
    for day in days:
        here = {**at, "day": day}
        assert fetch_rows(built, f"{mart} except {on_grid}", here) == [], day
        assert fetch_rows(built, f"{on_grid} except {mart}", here) == [], day
    assert fetch_rows(built, f"select {columns} from {macro} except {mart}", at) == []
    assert fetch_rows(built, f"{mart} and exposed_usd_high > 0 limit 1", {"day": days[-1]})


def test_clauses_equal_the_intervals_on_every_day_of_the_grid(built: Connection) -> None:
    known_on, days = grid(built)
    intervals = (
        "select clause_id, state from intermediate.int_policy__clause_intervals"
        " where known_to_date is null and state not in ('ended', 'withdrawn')"
        " and from_date <= $day and (until_date is null or $day < until_date)"
    )
    macro = "select clause_id, state from marts.active_clauses($day, $known_on)"
    named = (
        "select distinct unnest(string_split(active_clause_ids, '|')) as clause_id,"
        " 'active' as state from marts.control_exposure where as_of_date = $day"
    )
    sizes = set()
    for day in days:
        at = {"day": day, "known_on": known_on}
        found = {(row["clause_id"], row["state"]) for row in fetch_rows(built, macro, at)}
        expected = {tuple(row) for row in built.execute(intervals, {"day": day}).fetchall()}
        assert found == expected, day
        assert {tuple(row) for row in built.execute(named, {"day": day}).fetchall()} <= found, day
        sizes.add(len(found))
    assert len(sizes) > 5, "the register changes from quarter to quarter"


def test_the_mart_is_as_known_when_its_newest_figures_were(of_a_day: Path) -> None:
    """Also where that is after the day of the run: only then the macro finds the same rows."""
    with reading(of_a_day) as connection:
        known_on, days = grid(connection)
        used = connection.execute(
            "select count(*) from marts.control_exposure where base_period_end_date = ?",
            [END_OF_2026],
        ).fetchone()
    assert days[-1] == END_OF_2026
    assert known_on == SECOND_USGS
    assert used != (0,)


def test_macro_is_left_out_without_its_tables(macros: list[TableMacro]) -> None:
    assert [macro.name for macro in macros] == ["active_clauses", "control_exposure_asof"]
    assert all(macro.is_available(TABLES) for macro in macros)
    without = set(TABLES) - {"fct_clause_origin"}
    assert [m.name for m in macros if m.is_available(without)] == ["active_clauses"]


def test_macros_are_commented_and_read_only_the_release(macros: list[TableMacro]) -> None:
    for macro in macros:
        assert len(macro.description) > 40, macro.name
        assert macro.tables <= set(TABLES), macro.name
        assert macro.parameters == ("as_of", "known_on")


def test_a_query_names_the_tables_and_macros_that_it_reads() -> None:
    queries = {path.stem: names_read(path.read_text("utf-8")) for path in SAMPLES.glob("*.sql")}
    assert queries["09_is_the_october_package_in_force"] == {"active_clauses"}
    assert queries["03_most_exposed_partners"] == {"partner_dependency", "bridge_bloc_membership"}
