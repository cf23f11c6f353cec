"""Tables replaced by period have the rows of a full build, whatever has landed, in any order."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed
from tests.fixture_world.dbt import build, read
from tests.sources.un_comtrade.fake_api import mirror_flows
from tests.statistics.mirror_fixture import as_csv, as_page, raw
from warehouse.paths import DataPaths
from warehouse.storage.bundled import land_bundle
from warehouse.storage.landing import declare_tables, land, land_files, undo_landing
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]

FIRST, SECOND = mirror_flows.FIRST, mirror_flows.SECOND
#: From the declared rows to both facts.
MODELS = ("fct_trade_reconciled", "fct_trade_reported")
KINDS = ("--resource-type", "model", "--resource-type", "seed")
ANNUAL = [str(year) for year in mirror_flows.YEARS]
#: Thirteen months: windows of twelve months are whole, and become incomplete when one is removed.
MONTHS = mirror_flows.MONTHS[:13]


class World:
    """A landing of declarations, one partition per period and edition, and what is built of it."""

    def __init__(self, paths: DataPaths) -> None:
        self.paths = paths
        self.spec: SourceSpec = catalog()["un_comtrade"]
        declare_tables(paths, catalog().values())
        for source_id in ("un_hs", "cepii_geodist"):
            land_bundle(catalog()[source_id], paths)
        declared = mirror_flows.declarations(mirror_flows.draw())
        [parsed] = self.spec.parse([raw("all.csv", as_csv(declared), FIRST)])
        self.parsed, self.trade = parsed, parsed.tables["trade"]

    def land(self, period: str, rows: pa.Table | None = None, day: date = FIRST) -> None:
        table = self.rows_of(period) if rows is None else rows
        names = table.column_names
        for name, value in (("edition", day.isoformat()), ("known_from_date", day)):
            kind = table.schema.field(name)
            column = pa.array([value] * table.num_rows, kind.type)
            table = table.set_column(names.index(name), kind, column)
        part: Parsed = replace(
            self.parsed, partition=f"file/{period}/{day}", edition=day.isoformat(),
            known_from_date=day, tables={"trade": table},
        )  # fmt: skip
        land(self.spec, part, "manual", self.paths)

    def rows_of(self, period: str) -> pa.Table:
        return self.trade.filter(pc.equal(self.trade["period"], period))

    def corrected(self, period: str, seed: int) -> pa.Table:
        """Some rows are gone, the others have other values."""
        rng, rows = np.random.default_rng(seed), self.rows_of(period)
        rows = rows.filter(pa.array(rng.random(rows.num_rows) < 0.9))
        values = rows["primary_value_usd"].to_numpy() * rng.uniform(0.5, 2, rows.num_rows)
        place = rows.column_names.index("primary_value_usd")
        return rows.set_column(place, rows.schema.field(place), pa.array(np.round(values)))

    def remove(self, period: str, day: date = FIRST) -> None:
        undo_landing(self.spec, f"file/{period}/{day}", self.paths)

    def file_nothing(self, reporter: str, period: str) -> None:
        """A complete month of a reporter without any row."""
        code = mirror_flows.CODES[reporter]
        hints = {"releases": f"{code}:{period}={FIRST}", "freq": "M", "scope": "made"}
        page = raw(f"{reporter}{period}.json", as_page([]), FIRST, **hints)
        land_files(self.spec, [page], "live", self.paths)

    def build(self, *more: str) -> None:
        write_load_records_table(self.paths, dict(catalog()))
        write_parameters(self.paths)
        build(self.paths, "--select", *(f"+{name}" for name in MODELS), *KINDS, *more)

    def built_anew(self) -> Path:
        """A database of a full build; the working database stays as it is."""
        kept = shutil.copy(self.paths.database, self.paths.data_dir / "kept.duckdb")
        self.paths.database.unlink()
        self.build()
        full = shutil.move(self.paths.database, self.paths.data_dir / "full.duckdb")
        shutil.move(kept, self.paths.database)
        return Path(full)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return World(DataPaths.at(tmp_path_factory.mktemp("incremental") / "data"))


def steps(world: World, seed: int) -> Iterator[str]:
    """All periods arrive in some order, in several runs, with corrections and removals between."""
    chance = random.Random(seed)
    coming = [*ANNUAL, *MONTHS]
    chance.shuffle(coming)
    first, second, third = coming[:9], coming[9:13], coming[13:]
    for period in first:
        world.land(period)
    yield "some periods"
    for period in second:
        world.land(period)
    world.land(first[3], world.rows_of(first[3])[:0])
    world.land(first[1], world.corrected(first[1], seed))
    yield "more periods, one corrected, one emptied"
    world.remove(second[0])
    world.land(first[2], world.corrected(first[2], seed + 1), SECOND)
    world.file_nothing("COD", MONTHS[5])
    yield "one removed, one with a second edition, one reporter that had nothing to declare"
    for period in [*third, second[0], first[3]]:
        world.land(period)
    yield "the rest, and what was removed and emptied again"
    world.land(min(ANNUAL), world.corrected(min(ANNUAL), seed + 2))
    yield "a correction of the year that later weights are learnt from"


@pytest.mark.parametrize("seed", [1, 2])
def test_rows_are_those_of_a_full_build(world: World, seed: int) -> None:
    """Compared in the middle and at the end, so that runs build on what earlier ones kept."""
    world.paths.database.unlink(missing_ok=True)
    for number, step in enumerate(steps(world, seed)):
        world.build()
        if number in (2, 4):
            differing = compare(world.paths.database, world.built_anew())
            assert not differing, f"{step} (seed {seed}): {differing}"
    tables = tables_of(world.paths.database)
    assert {"fct_trade_reconciled", "int_trade__mirror_trailing_12m"} <= set(tables)
    for name, schema in tables.items():
        if name.startswith(("fct_", "int_trade__mirror", "int_trade__comtrade")):
            assert read(world.paths.database, f"select 1 from {schema}.{name} limit 1"), name
    for partition in world.paths.load_records.glob("un_comtrade/*.json"):
        undo_landing(world.spec, partition.stem.replace("__", "/"), world.paths)


def test_new_month_touches_its_own_rows(world: World) -> None:
    """A month at the end rebuilds itself: other months keep their rows in place."""
    world.paths.database.unlink(missing_ok=True)
    for period in [*ANNUAL, *MONTHS[:-1]]:
        world.land(period)
    world.build()
    before = versions(world.paths.database)
    world.land(MONTHS[-1])
    world.build()
    after = versions(world.paths.database)
    new = {key for key in after if before.get(key) != after[key]}
    month = date(int(MONTHS[-1][:4]), int(MONTHS[-1][4:]), 1)
    assert {(kind, day) for _, kind, day in new if kind != "T12M"} == {("M", month)}
    models = {name for name, kind, _ in new if kind == "M"}
    assert {
        "int_trade__comtrade_rows",
        "int_trade__mirror_estimates",
        "fct_trade_reported",
    } <= models


def versions(database: Path) -> dict[tuple[str, str, date], int]:
    rows = read(database, "select * from intermediate.int_trade__built_periods")
    return {(r["model_name"], r["period_type"], r["period_start_date"]): r["version"] for r in rows}


def tables_of(database: Path) -> dict[str, str]:
    rows = read(
        database,
        "select table_schema, table_name from information_schema.tables "
        "where table_schema in ('intermediate', 'marts') and table_type = 'BASE TABLE'",
    )
    return {row["table_name"]: row["table_schema"] for row in rows}


def compare(kept: Path, full: Path) -> dict[str, int]:
    """Tables whose rows differ, with how many."""
    tables = tables_of(full)
    assert tables == tables_of(kept)
    found = {}
    with duckdb.connect() as connection:
        connection.execute(f"attach '{kept}' as kept (read_only)")
        connection.execute(f"attach '{full}' as anew (read_only)")
        for name, schema in tables.items():
            one, other = f"kept.{schema}.{name}", f"anew.{schema}.{name}"
            row = connection.execute(
                f"select (select count(*) from (from {one} except all from {other})) "
                f"+ (select count(*) from (from {other} except all from {one}))"
            ).fetchone()
            if row and row[0]:
                found[name] = row[0]
    return found
