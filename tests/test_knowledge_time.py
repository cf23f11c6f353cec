"""Knowledge time: the marts of a day stay the same to the byte, whatever lands later and in any
order."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.fixture_world.dbt import build, marts_of, read
from tests.fixture_world.landing import land_world
from tests.fixture_world.worlds import DATA, Worlds, keep
from warehouse.paths import DataPaths
from warehouse.release.dbt_manifest import read_catalog
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
