"""`pax scenario`: answers from a small release, bad input by name, and the numbers of the mart."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from orchestration.cli.app import app
from tests.orchestration.conftest import FinishedRun
from warehouse.paths import DataPaths

RELEASE = "2026-10-01-000000000000"
#: China gives 80 of Japan's 100 t and 20 of Korea's; Australia the rest, and 60 t to others.
TABLES = """
create schema marts;
create table marts.dim_country as select unnest(['CHN', 'AUS', 'JPN', 'KOR', 'BRA']) as country_id;
create table marts.dim_material as select unnest(['graphite', 'samarium']) as material_id;
create table marts.dim_good as select 'g_magnets' as good_id;
create table marts.bridge_concern_member as select 'L' as list_id, 'CHN' as country_id,
    date '2018-01-01' as valid_from, null::date as valid_to;
create table marts.publish_info as select date '2026-10-01' as as_of_date;
create table marts.supply_flow as select 'material' as item_kind, 'graphite' as item_id,
    'ore' as stage_id, supplier_id, importer_id, quantity as base_quantity,
    quantity as base_low_quantity, quantity as base_high_quantity, 1::double as coverage_share,
    0::double as basket_share, null::varchar as missing_reason
from (values ('CHN', 'JPN', 80::double), ('AUS', 'JPN', 20), ('CHN', 'KOR', 20),
    ('AUS', 'KOR', 80)) as flows (supplier_id, importer_id, quantity);
create table marts.supply_capacity as select 'material' as item_kind, 'graphite' as item_id,
    'ore' as stage_id, country_id, 2024 as base_year, 't' as quantity_unit,
    third_exports_quantity, third_exports_quantity as third_exports_low_quantity,
    third_exports_high_quantity, null::double as spare_quantity,
    null::double as spare_low_quantity, null::double as spare_high_quantity,
    null::double as stock_quantity, null::double as stock_low_quantity,
    null::double as stock_high_quantity, null::varchar as barred_importer_ids
from (values ('AUS', 60::double, 100::double), ('CHN', 0, 0))
    as capacities (country_id, third_exports_quantity, third_exports_high_quantity);
create table marts.project_capacity as select 'material' as item_kind, 'graphite' as item_id,
    'ore' as stage_id, country_id, year, 't' as quantity_unit, quantity as added_quantity,
    quantity / 2 as added_low_quantity, quantity * 2 as added_high_quantity, missing_reason,
    'infrastructure_projects' as source_id
from (values ('BRA', 2028, 0::double, null), ('BRA', 2030, 20, null),
    ('KOR', 2030, null, 'K1: its capacity is not known'))
    as projects (country_id, year, quantity, missing_reason);
"""
GOOD = ("--stop", "CHN", "--item", "graphite", "--third-floor", "0.5", "--sharing-limit", "0")


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataPaths:
    paths = DataPaths.at(tmp_path / "data")
    folder = paths.releases / RELEASE
    folder.mkdir(parents=True)
    with duckdb.connect(str(folder / "pax_silica.duckdb")) as connection:
        connection.execute(TABLES)
    paths.current.symlink_to(Path("releases") / RELEASE)
    monkeypatch.setenv("PAX_HOME", str(paths.data_dir))
    return paths


def scenario(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, ["scenario", *words])
    return done.exit_code, done.output


def short(table: Path, policy: str = "sharing", column: str = "shortage_quantity") -> dict:
    rows = pq.read_table(table).to_pylist()
    return {
        row["entity_id"]: row[column]
        for row in rows
        if row["row_kind"] == "partner" and row["policy"] == policy
    }


def test_answers_as_a_table(release: DataPaths) -> None:
    code, text = scenario(*GOOD)
    assert code == 0
    japan = next(line for line in text.splitlines() if line.startswith("JPN"))
    assert "50.0%" in japan
    assert "AUS" in japan
    assert "idle capacity known of 0 of 2 suppliers" in text


def test_projects_of_a_year_add_to_what_others_can(release: DataPaths, tmp_path: Path) -> None:
    """Australia's 30 t and 20 t of a plant in Brazil: 30 t of Japan's 80 are short."""
    file = tmp_path / "later.parquet"
    assert scenario(*GOOD, "--year", "2030", "-f", "parquet", "-o", str(file))[0] == 0
    assert short(file)["JPN"] == pytest.approx(30.0, abs=1e-5)
    code, text = scenario(*GOOD, "--year", "2030")
    said = " ".join(text.split())
    assert code == 0
    assert "projects add by 2030 (infrastructure_projects, t a year): BRA 20 (10 to 40)" in said
    assert "without a number: K1: its capacity is not known" in said
    code, text = scenario(*GOOD, "--year", "2028")
    assert "no project of graphite (ore) adds a known capacity by 2028" in " ".join(text.split())
    with duckdb.connect(str(release.current / "pax_silica.duckdb")) as connection:
        connection.execute("drop table marts.project_capacity")
    assert scenario(*GOOD)[0] == 0
    code, text = scenario(*GOOD, "--year", "2030")
    assert code == 2
    assert "this release has no project_capacity" in " ".join(text.split())


def test_a_range_without_a_number_keeps_its_place(release: DataPaths) -> None:
    with duckdb.connect(str(release.current / "pax_silica.duckdb")) as connection:
        connection.execute("update marts.supply_flow set base_low_quantity = 0, basket_share = 1")
    code, text = scenario("--stop", "CHN", "--item", "graphite", "--third-floor", "1")
    assert code == 0
    japan = next(line for line in text.splitlines() if line.startswith("JPN"))
    assert japan.split()[-2:] == ["range", "only"]
    assert "0.0% to" in japan
    assert "read the range, not the point" in text


def test_flags_and_a_file_give_the_same_rows(release: DataPaths, tmp_path: Path) -> None:
    flags, file = tmp_path / "flags.parquet", tmp_path / "file.parquet"
    code, _ = scenario(*GOOD, "-f", "parquet", "-o", str(flags))
    assert code == 0
    assert short(flags) == pytest.approx({"JPN": 50.0, "KOR": 20.0, "BLOC:PAX_SILICA": 70.0})
    asked = tmp_path / "stop.yml"
    asked.write_text(
        "name: chn_graphite\nstop: [CHN]\nitems: graphite/ore\nmonths: 12\n"
        "third_floor_share: 0.5\nsharing_limit_share: 0\n"
    )
    assert scenario(str(asked), "-f", "parquet", "-o", str(file))[0] == 0
    assert pq.read_table(file).equals(pq.read_table(flags))
    listed = tmp_path / "list.csv"
    words = ("--stop", "LIST:L", *GOOD[2:], "-f", "csv", "-o", str(listed))
    assert scenario(*words)[0] == 0
    assert pc.read_csv(listed).num_rows == pq.read_table(flags).num_rows


def test_stores_the_rows_beside_the_release(release: DataPaths) -> None:
    assert scenario(*GOOD, "--save")[0] == 0
    stored = release.data_dir / "scenarios" / RELEASE / "chn_graphite.parquet"
    assert short(stored)["JPN"] == pytest.approx(50.0)


def test_draws_are_the_same_for_a_seed_and_lie_in_the_range(
    release: DataPaths, tmp_path: Path
) -> None:
    """60 to 100 t go to others, of which half can come: Japan lacks between 30 and 50 t."""
    files = [tmp_path / f"{number}.parquet" for number in range(2)]
    for file in files:
        words = (*GOOD, "--draws", "50", "-f", "parquet", "-o", str(file))
        assert scenario(*words)[0] == 0
    assert pq.read_table(files[0]).equals(pq.read_table(files[1]))
    low = short(files[0], column="shortage_p05_quantity")["JPN"]
    high = short(files[0], column="shortage_p95_quantity")["JPN"]
    assert 30.0 <= low < high <= 50.0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "stops nobody"),
        (("--stop", "CHN"), "names no item"),
        (("--stop", "CHX", "--item", "graphite"), "no supplier is called CHX"),
        (("--stop", "CHN", "--item", "grafite"), "no item is called grafite"),
        (("--stop", "CHN", "--item", "samarium"), "imports of samarium are measured"),
        (("--stop", "CHN", "--item", "graphite/chip"), "not measured at the stage chip"),
        (("--stop", "CHN", "--stop", "AUS", "--item", "graphite"), "stops every supplier"),
        (("--stop", "CHN=0", "--item", "graphite"), "stops nobody"),
        (("--stop", "CHN=half", "--item", "graphite"), "half is no share"),
        (("--stop", "CHN=2", "--item", "graphite"), "the share that CHN stops"),
        ((*GOOD, "--months", "0"), "months: 0 is not a whole number"),
        ((*GOOD, "--months", "500"), "months: 500 is not a whole number"),
        ((*GOOD, "--months", "-3"), "months: -3 is not a whole number"),
        ((*GOOD, "--months", "May"), "valid integer"),
        (("--stop", "CHN=-0.5", "--item", "graphite"), "the share that CHN stops: -0.5"),
        (("--stop", "LIST:X", "--item", "graphite"), "no supplier is called LIST:X"),
        ((*GOOD, "--year", "30"), "capacity_year: 30 is not a whole number"),
        ((*GOOD, "--year", "2050"), "what projects add by 2050 is not known"),
        ((*GOOD, "--draws", "-1"), "should be greater than or equal to 0"),
        ((*GOOD, "--scope", "all"), "all is no scope"),
        ((*GOOD, "--format", "xlsx"), "no format is called xlsx"),
        ((*GOOD, "--format", "parquet"), "Parquet needs a file"),
        (("stop.yml", "--stop", "CHN"), "a file and flags name two scenarios"),
        (("nowhere.yml",), "there is no such file"),
    ],
)
def test_refuses_by_name(release: DataPaths, words: tuple[str, ...], said: str) -> None:
    code, text = scenario(*words)
    assert code == 2
    assert said in " ".join(text.split())


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("stop: [CHN]\nitem: x\nmonths: 12\n", "unknown key: item"),
        ("stop: [CHN]\nmonths: 12\n", "missing key: items"),
        ("- 1\n", "the file has no keys"),
        ("stop: [", "the file is no YAML"),
        ("stop: [CHN]\nitems: graphite\nmonths: twelve\n", "months: twelve is not"),
        ("stop: [CHN]\nitems: graphite\nmonths: 1.5\n", "months: 1.5 is not a whole number"),
        ("stop: 5\nitems: graphite\nmonths: 12\n", "stop is neither"),
        ("stop: [CHN]\nitems: {graphite: ore}\nmonths: 12\n", "items is neither"),
        ("stop: {CHN: half}\nitems: graphite\nmonths: 12\n", "the share that CHN stops: half"),
        ("stop: []\nitems: graphite\nmonths: 12\n", "stops nobody"),
        ("stop: [CHN]\nitems: []\nmonths: 12\n", "names no item"),
        (
            "stop: [CHN]\nitems: graphite\nmonths: 12\nthird_floor_share: .nan\n",
            "third_floor_share: nan is not a number",
        ),
        ("stop: [CHN]\nitems: graphite\nmonths: 12\nramp_months:\n", "ramp_months: None is not"),
        ("stop: {CHN: 1, AUS: 1}\nitems: graphite\nmonths: 12\n", "stops every supplier"),
    ],
)
def test_refuses_a_file_by_name(
    release: DataPaths, tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "stop.yml"
    file.write_text(content)
    code, text = scenario(str(file))
    assert code == 2
    assert said in " ".join(text.split())


def test_an_item_without_capacities_names_what_is_missing(release: DataPaths) -> None:
    with duckdb.connect(str(release.current / "pax_silica.duckdb")) as connection:
        connection.execute(
            "update marts.supply_capacity set third_exports_quantity = null, "
            "third_exports_low_quantity = null, third_exports_high_quantity = null"
        )
    code, text = scenario(*GOOD)
    said = " ".join(text.split())
    assert code == 0
    assert "idle capacity known of 0 of 2 suppliers" in said
    assert "exports to third countries are not loaded" in said
    assert next(line for line in text.splitlines() if line.startswith("JPN")).split()[3:5] == [
        "80", "80",
    ]  # fmt: skip


def test_a_supplier_that_delivers_nothing_is_answered(release: DataPaths) -> None:
    code, text = scenario("--stop", "BRA", "--item", "graphite")
    assert code == 0
    assert "no measured delivery of graphite (ore) comes from BRA" in " ".join(text.split())


def test_a_release_without_the_tables_names_them(release: DataPaths) -> None:
    with duckdb.connect(str(release.current / "pax_silica.duckdb")) as connection:
        connection.execute("drop table marts.supply_capacity")
    code, text = scenario(*GOOD)
    assert code == 2
    assert "this release has no supply_capacity" in " ".join(text.split())


@pytest.mark.xdist_group("whole_run")
# the run that it reads is made in the set-up, which has a limit of its own
@pytest.mark.timeout(120, func_only=True)
@pytest.mark.parametrize(
    ("scenario_id", "item", "year"),
    [("chn_graphite", "graphite/ore", ()), ("chn_magnets_2030", "g_magnets", ("--year", "2030"))],
)
def test_gives_the_numbers_of_the_mart(
    whole_run: FinishedRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scenario_id: str,
    item: str, year: tuple[str, ...],
) -> None:  # fmt: skip
    monkeypatch.setenv("PAX_HOME", str(whole_run.paths.data_dir))
    file = tmp_path / "rows.parquet"
    code, text = scenario("--stop", "CHN", "--item", item, *year, "-f", "parquet", "-o", str(file))
    assert code == 0, text
    mart = tmp_path / "mart.parquet"
    item_id, _, stage = item.partition("/")
    database = whole_run.paths.current / "pax_silica.duckdb"
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(
            "copy (select *, 'partner' as row_kind from marts.disruption_result where "
            f"scenario_id = '{scenario_id}' and item_id = '{item_id}' and "
            f"('{stage}' = '' or stage_id = '{stage}')) to '{mart}'"
        )
    assert len(short(mart)) > 10
    basis = {row["capacity_basis"] for row in pq.read_table(mart).to_pylist()}
    assert basis == {"base_year_and_projects" if year else "base_year"}
    columns = ("shortage_quantity", "shortage_low_quantity", "covered_by", "capacity_reason")
    for policy in ("no_sharing", "sharing", "sharing_plus_stock"):
        for column in columns:
            assert short(file, policy, column) == short(mart, policy, column)
