"""Knowledge time: the marts of a day stay the same to the byte, whatever lands later and in any
order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import pytest

from tests.fixture_world.dbt import build, marts_of, read
from tests.fixture_world.landing import land_world
from tests.fixture_world.worlds import DATA, Worlds, keep
from warehouse.paths import DataPaths
from warehouse.release.changes import Comparison
from warehouse.release.dbt_manifest import read_catalog
from warehouse.release.headline_causes import HEADLINE_COLUMNS, ChangedCell
from warehouse.release.parquet import write_mart
from warehouse.storage.read_only import reading

pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]


def hashes(database: Path, paths: DataPaths, folder: Path) -> dict[str, str]:
    """Every mart as a release would write it, by the hash of its bytes."""
    folder.mkdir()
    catalog = read_catalog(paths.dbt_target / "manifest.json", database)
    keys = {mart.name: mart.key for mart in catalog}
    names = marts_of(database)
    with reading(database) as connection:
        written = [write_mart(connection, mart, keys[mart], folder) for mart in names]
    return {file.name: file.sha256 for file in written}


def test_a_day_is_the_same_after_later_editions_have_landed(worlds: Worlds, tmp_path: Path) -> None:
    before = hashes(worlds.before, worlds.paths, tmp_path / "before")
    replayed = hashes(worlds.between, worlds.paths, tmp_path / "replayed")
    assert replayed == before
    # and the later editions do change marts: the test could fail
    later = hashes(worlds.world, worlds.paths, tmp_path / "later")
    moved = {mart for mart, sha256 in later.items() if before[mart] != sha256}
    assert {"fct_production", "production_share", "net_import_reliance", "n_minus"} <= moved


def headline_cells(worlds: Worlds, folder: Path) -> list[ChangedCell]:
    """The headline cells that differ between the day between two editions and the latest day."""
    catalog = read_catalog(worlds.paths.dbt_target / "manifest.json", worlds.world)
    keys = {mart.name: mart.key for mart in catalog}
    found: list[ChangedCell] = []
    for mart in HEADLINE_COLUMNS:
        sides = []
        for name, database in (("between", worlds.between), ("world", worlds.world)):
            target = folder / f"{mart}_{name}"
            target.mkdir()
            with reading(database) as connection:
                file = write_mart(connection, mart, keys[mart], target)
            columns = [{"name": column, "type": kind} for column, kind in file.columns]
            sides.append((file.path, {"key": list(file.key), "columns": columns}))
        with duckdb.connect() as connection:
            found += Comparison(connection, *sides).changed_cells(mart)
    return found


def test_each_changed_headline_cell_of_two_days_has_one_cause(
    worlds: Worlds, tmp_path: Path
) -> None:
    """Between both days another edition adds a year, and Germany signs: cells of that year are in
    one of the releases alone, all others moved by the members. No cell moved by its method.

    The partnership as of today bought 11/17 of its graphite of 2025 from China, with Germany 14/19.
    """
    cells = headline_cells(worlds, tmp_path)
    known = [cell for cell in cells if cell.change is not None]
    assert {cell.mart for cell in known} == set(HEADLINE_COLUMNS)
    assert {cell.cause for cell in known} == {"membership"}
    assert {cell.cause for cell in cells if cell.change is None} == {"coverage or source"}
    (today,) = (
        cell
        for cell in known
        if (cell.mart, cell.headline) == ("bloc_dependency", "concern_share")
        and cell.cell
        == "BLOC:PAX_SILICA · as_of_today · material · graphite · ore · A · 2025-01-01"
    )
    assert (today.before, today.after) == (pytest.approx(11 / 17), pytest.approx(14 / 19))


def test_a_day_before_any_figure_has_empty_marts_that_pass_their_tests(tmp_path: Path) -> None:
    """With dbt's tests: on the first day of 2022 nothing of this world was known but registers."""
    paths = DataPaths.at(tmp_path / "data")
    land_world(paths, as_known_on=date(2022, 1, 1))
    build(paths, "--exclude-resource-type", "unit_test")
    rows = {
        mart: read(paths.database, f"select count(*) as n from marts.{mart}")[0]["n"]
        for mart in marts_of(paths.database)
    }
    of_figures = {"fct_trade_reconciled", "partner_dependency", "fct_production", "fct_governance"}
    assert {rows[mart] for mart in of_figures} == {0}
    assert rows["fct_policy_event"] > 0
    known = read(paths.database, "select max(known_from_date) as day from marts.fct_policy_event")
    assert known[0]["day"] <= date(2022, 1, 1)


def test_the_order_of_landing_changes_no_byte(worlds: Worlds, tmp_path: Path) -> None:
    paths = DataPaths.at(tmp_path / "data")
    land_world(paths, backwards=True)
    build(paths, *DATA)
    backwards = hashes(keep(paths, "backwards"), paths, tmp_path / "backwards")
    assert backwards == hashes(worlds.world, worlds.paths, tmp_path / "forwards")
