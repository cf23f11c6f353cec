"""Every model with the tag `spark` has the same rows on both engines, and a small change shows.

One Spark session for the whole module. `make parity` runs it; without Java 17 or the extra `spark`
it is skipped, with the reason.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from rich.table import Table

from orchestration.defs.transformation.spark_build import (
    SparkUnavailableError,
    build,
    require_spark,
    spark_folder,
    spark_manifest,
    stop_session,
    tables_of_spark,
)
from orchestration.defs.transformation.spark_plan import Manifest
from tests.fixture_world import dbt
from tests.parity.compare import (
    Compared,
    compare,
    declared_key,
    engine_specific_columns,
    spark_files,
)
from tests.parity.world import land_world
from warehouse.paths import DataPaths

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800), pytest.mark.xdist_group("spark")]

N_ROWS = 50_000
#: What a row of `partner_dependency` may be flagged with, and why a share of it has no number.
FLAGS = {
    "band_over_10_points", "band_over_25_points", "basket", "concern_list_retroactive",
    "group_supplier", "incomplete_period", "listed_partners", "partial_bloc", "partial_products",
    "series_break", "share_not_measured", "supplier_reports", "truncated", "unallocated",
    "weight_incomplete",
}  # fmt: skip
REASONS = {
    "the weight of an unmeasured part of the item is not known",
    "too little of the item is measured", "the possible values lie too far apart",
    "no imports are recorded",
}  # fmt: skip
DATA = ("--resource-type", "seed", "--resource-type", "model")


@dataclass(frozen=True)
class Worlds:
    """One landing, built by DuckDB alone (the file `duckdb`) and by both engines; `tables` is the
    folder that Spark wrote."""

    duckdb: Path
    tables: Path
    paths: DataPaths
    manifest: Manifest
    n_rows: int


@pytest.fixture(scope="module")
def worlds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worlds]:
    try:
        require_spark()
    except SparkUnavailableError as error:
        pytest.skip(f"{error.what}. What to do: {error.remedy}")
    paths = DataPaths.at(tmp_path_factory.mktemp("parity") / "data")
    n_rows = land_world(paths, N_ROWS)
    with duration("DuckDB alone"):
        dbt.build(paths, "--select", "+tag:spark", *DATA)
    alone = paths.database.rename(paths.working / "duckdb_alone.duckdb")
    for built in build(paths):
        n_models, engine = len(built.stage.models), built.stage.engine
        Console().print(f"{engine}: {n_models} models, {built.seconds:.0f} s")
    manifest = spark_manifest(paths)
    yield Worlds(alone, spark_folder(paths) / "tables", paths, manifest, n_rows)
    stop_session()


@pytest.fixture(scope="module")
def compared(worlds: Worlds) -> list[Compared]:
    with duckdb.connect(str(worlds.duckdb), read_only=True) as connection:
        return [
            compare(
                connection, table, spark_files(worlds.tables, table),
                declared_key(worlds.manifest, table),
                engine_specific_columns(worlds.manifest, table),
            )
            for table in tables_of_spark(worlds.manifest)
        ]  # fmt: skip


def test_every_table_is_equal(worlds: Worlds, compared: list[Compared]) -> None:
    shown = Table("table", "rows", "columns", "largest relative difference", "differences")
    for found in compared:
        shown.add_row(
            found.table, f"{found.n_rows:,}", str(found.n_columns), f"{found.largest:.1e}",
            str(len(found.differences)),
        )  # fmt: skip
    Console(width=120).print(f"{worlds.n_rows:,} declared rows", shown)
    different = [f"{found.table}: {words}" for found in compared for words in found.differences]
    assert not different, "\n".join(different)


def test_no_table_is_empty(compared: list[Compared]) -> None:
    """An empty table proves nothing of its model."""
    assert not [found.table for found in compared if not found.n_rows]


def test_partner_dependency_has_rows_of_every_kind(worlds: Worlds) -> None:
    """Each flag and reason, all that a column may hold, and both sides of each that may be NULL."""
    table = "marts.partner_dependency"
    node = worlds.manifest["nodes"]["model.pax_silica.partner_dependency"]
    declared = {n for n, column in node["columns"].items() if "null_meaning" in column["meta"]}
    nullable = sorted(declared)
    with duckdb.connect(str(worlds.duckdb), read_only=True) as connection:

        def values(expression: str) -> set[str]:
            sql = f"select distinct {expression} from {table}"
            return {value for (value,) in connection.sql(sql).fetchall() if value}

        assert values("unnest(string_split(quality_flags, '|'))") == FLAGS
        assert values("missing_reason") == REASONS
        assert values("quality_grade") == {"A", "B", "C", "D"}
        assert values("item_kind") == {"material", "good", "product"}
        assert values("membership_variant") == {"none", "as_of_today", "as_of_period"}
        assert values("period_type") == {"A", "M"}
        assert {"=", ">"} <= values("nir_operator")
        counts = ", ".join(f"count({name}) between 1 and count(*) - 1" for name in nullable)
        row = connection.sql(f"select {counts} from {table}").fetchone()
    assert row
    assert not [name for name, is_mixed in zip(nullable, row, strict=True) if not is_mixed]


@pytest.mark.parametrize(("change", "is_found"), [(1e-7, True), (1e-11, False)])
def test_a_change_of_one_value_shows(
    worlds: Worlds, tmp_path: Path, change: float, is_found: bool
) -> None:
    table, files = "marts.fct_trade_reconciled", tmp_path / "changed.parquet"
    with duckdb.connect(str(worlds.duckdb), read_only=True) as connection:
        connection.execute(
            f"copy (select * replace (case when row_number() over () = 17 then value_usd * "
            f"(1 + {change}) else value_usd end as value_usd) "
            f"from read_parquet('{spark_files(worlds.tables, table)}')) to '{files}'"
        )
        key = declared_key(worlds.manifest, table)
        found = compare(connection, table, str(files), key)
    assert bool(found.differences) is is_found, found.differences


def test_duckdb_has_taken_over_what_spark_wrote(worlds: Worlds) -> None:
    with duckdb.connect(str(worlds.paths.database), read_only=True) as connection:
        for table in tables_of_spark(worlds.manifest):
            files = spark_files(worlds.tables, table)
            found = compare(connection, table, files, declared_key(worlds.manifest, table))
            assert (found.differences, found.largest) == ([], 0.0), table


@contextmanager
def duration(what: str) -> Iterator[None]:
    started = time.perf_counter()
    yield
    Console().print(f"{what}: {time.perf_counter() - started:.0f} s")
