"""`python -m tests.benchmarks.trade_10m_rows`: ten million declared rows, landed and reconciled.

Generated rows (seeded by hashes) land in parts and the models reconcile them, with one thread and
with all cores in turn; their tables must be equal to the last bit. The same statements run once
more in DuckDB alone. Writes a section of `docs/benchmarks.md`; no test asserts the figures.
`--rows 1000000` tries it with fewer, and prints only; `--once` builds a single time, with all
cores, and prints seconds, CPU seconds and memory: what a hundred million rows leave time for.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
from rich.console import Console

from sources.kit.catalog import catalog, find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.tabular import add_lineage_columns
from tests.benchmarks.page import machine, write_section
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage import landing
from warehouse.storage.bundled import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters
from warehouse.storage.machine import memory_limit, usable_cores

HEADING = "Ten million declared rows"
ROWS, PART = 10_000_000, 1_000_000
KNOWN_FROM = date(2026, 1, 31)
RETRIEVED = datetime(2026, 1, 31, tzinfo=UTC)
#: The models that are timed: from the declared rows to the reconciled flows.
TIMED = "int_trade__declared_periods+,+fct_trade_reconciled"
WITHOUT_TESTS = ("--exclude-resource-type", "test", "--exclude-resource-type", "unit_test")
VIEWS = "select view_name from duckdb_views() where not internal"
#: As in dbt's profile.
MODELS_AT_A_TIME = 2
#: Models that the page names, the slowest first.
N_SLOWEST = 8

#: Flows of 200 reporters, 200 partners, products and two years: a total and one breakdown each.
_GENERATED_ROWS = """
    with numbers as (
        select i // 4 as flow_number, i % 2 = 1 as is_breakdown, i // 2 % 2 = 1 as is_import
        from range($first, $last) as t(i)
    ),
    flows as (
        select *, codes[1 + flow_number % 200] as exporter,
            codes[1 + (flow_number // 200 * 7 + flow_number) % 200] as importer,
            exp(6 + 8 * (hash(flow_number) % 1000) / 1000) as true_value,
            (hash(flow_number, is_import) % 1000) / 1000 - 0.5 as log_error
        from numbers, (select list(code order by code) as codes from codes)
    )
    select
        'C' as type_code, 'A' as freq_code, 2021 + flow_number % 2 as ref_year, 52 as ref_month,
        cast(2021 + flow_number % 2 as varchar) as period,
        case when is_import then importer else exporter end as reporter_code,
        case when is_import then exporter else importer end as partner_code,
        '0' as partner2_code, case when is_import then 'M' else 'X' end as flow_code,
        'H5' as classification_code,
        lpad(cast(10000 + flow_number // 40000 as varchar), 6, '0') as cmd_code,
        'C00' as customs_code, '0' as mos_code,
        case when is_breakdown then '2100' else '0' end as mot_code,
        8 as qty_unit_code, true_value as qty, -1 as alt_qty_unit_code, null as alt_qty,
        true_value as net_wgt_kg, false as is_net_wgt_estimated,
        true as is_original_classification, null as cif_value_usd, null as fob_value_usd,
        true_value * exp(log_error) * (1 - 0.3 * is_breakdown::int) as primary_value_usd,
        0 as legacy_estimation_flag, true as has_dimensions
    from flows
    where exporter <> importer
"""


@dataclass(frozen=True)
class DuckDBModel:
    """What a Python model of dbt uses of its first argument, on a plain connection."""

    connection: duckdb.DuckDBPyConnection

    def config(self, **_: Any) -> None:
        """Settings of dbt have no meaning here."""

    def ref(self, name: str) -> duckdb.DuckDBPyRelation:
        schema = "staging" if name.startswith("stg_") else schema_of(name)
        return self.connection.sql(f"select * from {schema}.{name}")  # `table` knows no views


def generated_rows(connection: duckdb.DuckDBPyConnection, first: int, last: int) -> pa.Table:
    """The generated rows from number `first` to before `last`."""
    countries = DBT_PROJECT / "seeds" / "reference" / "countries.csv"
    connection.execute(
        "create table if not exists codes as "
        "select distinct code from read_csv(?, all_varchar = true) as c, "
        "unnest([c.comtrade_code]) as t(code) where code <> '' order by 1 limit 200",
        [str(countries)],
    )
    values = {"first": first, "last": last}
    return connection.execute(_GENERATED_ROWS, values).to_arrow_table()


def land_generated_rows(paths: DataPaths, folder: Path, n_rows: int) -> tuple[float, float]:
    """Land the rows in parts: seconds of landing, and of DuckDB writing the same rows."""
    spec, landing_seconds, duckdb_seconds = find_source("un_comtrade"), 0.0, 0.0
    with duckdb.connect() as connection:
        for first in range(0, n_rows, PART):
            rows = generated_rows(connection, first, first + PART)
            started = time.perf_counter()
            table = add_lineage_columns(
                rows, spec.tables["trade"], edition="2026-01-31", known_from_date=KNOWN_FROM,
                payload_sha256=f"{first:064d}", row_locator=pa.repeat("generated", rows.num_rows),
            )  # fmt: skip
            # parts of one file are compared with each other
            file = RawFile(f"{first}.csv", str(first).encode(), "", RETRIEVED)
            part = Parsed(
                f"file/bench-{first}", "2026-01-31", KNOWN_FROM, "inferred", {"trade": table},
                [file],
            )  # fmt: skip
            landing.land(spec, part, "manual", paths)
            landing_seconds += time.perf_counter() - started
            started = time.perf_counter()
            connection.from_arrow(table).to_parquet(
                str(folder / "part.parquet"), compression="zstd"
            )
            duckdb_seconds += time.perf_counter() - started
    return landing_seconds, duckdb_seconds


def build_with_dbt(paths: DataPaths, arguments: Sequence[str], threads: int) -> tuple[float, float]:
    """Seconds of one `dbt build` as `pax run` calls it, its start included, and the peak of its
    memory in GiB: of the largest process since this one started.

    Raises:
        SystemExit: dbt failed.
    """
    started = time.perf_counter()
    done = subprocess.run(
        [str(Path(sys.executable).with_name("dbt")), "--log-level-file", "none", "build",
         # one thread is one model at a time: the thread that asks DuckDB works as well
         *arguments, "--threads", str(min(threads, MODELS_AT_A_TIME)),
         "--target-path", str(paths.dbt_target), "--log-path", str(paths.working / "logs")],
        env={**os.environ, **duckdb_settings(threads), "PAX_HOME": str(paths.data_dir)},
        cwd=DBT_PROJECT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout[-3000:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    return time.perf_counter() - started, peak


def duckdb_settings(threads: int) -> dict[str, str]:
    return {"PAX_THREADS": str(threads), "PAX_MEMORY_LIMIT": allowed_memory()}


def allowed_memory() -> str:
    return os.environ.get("PAX_MEMORY_LIMIT") or memory_limit()


def built_models(paths: DataPaths) -> list[str]:
    """The names of the models of the last build, in the order in which they were built."""
    results = json.loads((paths.dbt_target / "run_results.json").read_text(encoding="utf-8"))
    ids = [result["unique_id"] for result in results["results"]]
    return [found.split(".")[-1] for found in ids if found.startswith("model.")]


def seconds_by_model(paths: DataPaths) -> dict[str, float]:
    """Seconds of each model of the last build, by dbt's clock."""
    results = json.loads((paths.dbt_target / "run_results.json").read_text(encoding="utf-8"))
    return {
        result["unique_id"].split(".")[-1]: result["execution_time"]
        for result in results["results"]
        if result["unique_id"].startswith("model.")
    }


def schema_of(name: str) -> str:
    return "marts" if name.startswith("fct") else "intermediate"


def fingerprint(paths: DataPaths) -> list[tuple[str, int, int]]:
    """Name, rows and a sum over the hashes of all rows of each model's table."""
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        found = []
        for name in sorted(built_models(paths)):
            table = f"{schema_of(name)}.{name}"
            row = connection.execute(f"select count(*), sum(hash(t)) from {table} as t").fetchone()
            found.append((name, *(row or (0, 0))))
        return found


def build_with_duckdb(paths: DataPaths, folder: Path) -> float:
    """Seconds of the same statements in DuckDB alone, on a copy of the working database."""
    copy = folder / paths.database.name
    shutil.copyfile(paths.database, copy)
    compiled = paths.dbt_target / "compiled" / "pax_silica" / "models"
    models = DBT_PROJECT / "models" / "intermediate" / "trade"
    settings: dict[str, str | bool | int | float | list[str]] = {
        "threads": usable_cores(), "memory_limit": allowed_memory(),
        "preserve_insertion_order": False, "checkpoint_threshold": "1GB",
        "temp_directory": str(folder / "spill"),
    }  # fmt: skip
    with duckdb.connect(str(copy), config=settings) as connection:
        views = {name for (name,) in connection.execute(VIEWS).fetchall()}
        # a model that keeps what has not changed would have nothing to do
        connection.execute("delete from intermediate.int_trade__built_periods")
        started = time.perf_counter()
        for name in built_models(paths):
            python = models / f"{name}.py"
            if python.is_file():
                model = runpy.run_path(str(python))["model"]
                connection.register("model_rows", model(DuckDBModel(connection), connection))
                sql = "select * from model_rows"
            else:
                sql = next(compiled.rglob(f"{name}.sql")).read_text(encoding="utf-8")
            kind = "view" if name in views else "table"
            connection.execute(f"create or replace {kind} {schema_of(name)}.{name} as {sql}")
    return time.perf_counter() - started


@dataclass(frozen=True)
class Measured:
    """Seconds, GiB and CPU cores of one sitting."""

    n_rows: int
    landing: tuple[float, float]
    one_thread: list[float]
    all_cores: list[float]
    duckdb_alone: float
    tested: float
    peak_gib: float
    n_tables: int
    is_equal: bool
    by_model: dict[str, float]

    def markdown(self) -> str:
        """The page; each pair of columns is the product and DuckDB alone."""
        built = min(self.all_cores)
        (landed, alone), plain = self.landing, self.duckdb_alone
        budget = 1.5 * (alone + plain)
        rounds = ", ".join(
            f"{one:.1f} and {all_:.1f}"
            for one, all_ in zip(self.one_thread, self.all_cores, strict=True)
        )
        bits = "equal to the last bit" if self.is_equal else "NOT EQUAL"
        lines = [
            f"{machine()}; {self.n_rows:,} rows.",
            "",
            "| seconds | product | DuckDB alone |",
            "|---|---:|---:|",
            f"| landing, in parts of a million rows | {landed:.1f} | {alone:.1f} |",
            f"| the models (dbt's start and parse included) | {built:.1f} | {plain:.1f} |",
            f"| both | {landed + built:.1f} | {alone + plain:.1f} |",
            f"| budget: 1.5 times DuckDB alone | {budget:.1f} | |",
            f"| the models with their data tests | {self.tested:.1f} | |",
            "",
            f"Peak memory of the dbt process: {self.peak_gib:.2f} GiB "
            f"({allowed_memory()} allowed for DuckDB).",
            "",
            f"One thread and {usable_cores()} in turn: {rounds} s, "
            f"ratio {built / min(self.one_thread):.2f}; the {self.n_tables} tables are {bits}.",
            "",
            "| model | seconds |",
            "|---|---:|",
            *(f"| {name} | {seconds:.1f} |" for name, seconds in self._slowest()),
        ]
        return "\n".join(lines) + "\n"

    def _slowest(self) -> list[tuple[str, float]]:
        return sorted(self.by_model.items(), key=lambda item: -item[1])[:N_SLOWEST]


def cpu_seconds() -> float:
    """Of this process and of those that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def measure_once(n_rows: int) -> str:
    """Landing and one build with all cores, without tests, in words."""
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        paths = DataPaths.at(Path(folder) / "data")
        begun = cpu_seconds()
        landed = land_and_prepare(paths, Path(folder), n_rows)[0]
        landing_cpu = cpu_seconds() - begun
        print(f"landed {n_rows:,} rows in {landed:.1f} s", flush=True)
        begun = cpu_seconds()
        selected = ["--full-refresh", "--select", TIMED, *WITHOUT_TESTS]
        took, peak_gib = build_with_dbt(paths, selected, usable_cores())
        slowest = sorted(seconds_by_model(paths).items(), key=lambda item: -item[1])[:N_SLOWEST]
        return "\n".join(
            [
                f"{machine()}; {n_rows:,} rows; {allowed_memory()} allowed for DuckDB",
                f"landing: {landed:.1f} s ({landing_cpu:.1f} CPU s with the generator and what "
                "is built once)",
                f"models: {took:.1f} s, {cpu_seconds() - begun:.1f} CPU s, peak {peak_gib:.2f} GiB",
                f"working database: {paths.database.stat().st_size / 1024**3:.2f} GiB",
                *(f"{name} {seconds:.1f}" for name, seconds in slowest),
            ]
        )


def land_and_prepare(paths: DataPaths, folder: Path, n_rows: int) -> tuple[float, float]:
    """Land the rows, and build what the timed models read and do not depend on."""
    paths.working.mkdir(parents=True)
    land_bundles(paths)
    landed = land_generated_rows(paths, folder, n_rows)
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    upstream = ["--select", "+fct_trade_reconciled", "+dim_country", "--exclude", TIMED]
    build_with_dbt(paths, [*upstream, *WITHOUT_TESTS], usable_cores())
    return landed


def measure(n_rows: int) -> Measured:
    # all periods every time, not what has changed since
    selected = ["--full-refresh", "--select", TIMED]
    without_tests = list(WITHOUT_TESTS)
    cores = usable_cores()
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        paths = DataPaths.at(Path(folder) / "data")
        landed = land_and_prepare(paths, Path(folder), n_rows)
        seconds: dict[int, list[float]] = {1: [], cores: []}
        prints = []
        for _ in range(2):
            for threads in seconds:
                took, peak_gib = build_with_dbt(paths, [*selected, *without_tests], threads)
                print(f"{threads} threads: {took:.1f} s, peak {peak_gib:.2f} GiB", flush=True)
                seconds[threads].append(took)
                prints.append(fingerprint(paths))
        by_model = seconds_by_model(paths)
        # first, so that a fault in this part shows before the longest one
        plain = build_with_duckdb(paths, Path(folder))
        with_tests = [*selected, *without_tests[2:], "--indirect-selection", "buildable"]
        tested, _ = build_with_dbt(paths, with_tests, cores)
    is_equal = all(found == prints[0] for found in prints)
    return Measured(
        n_rows,
        landed,
        seconds[1],
        seconds[cores],
        plain,
        tested,
        peak_gib,
        len(prints[0]),
        is_equal,
        by_model,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=ROWS, help="declared rows to generate")
    parser.add_argument("--once", action="store_true", help="one build, printed only")
    asked = parser.parse_args()
    if asked.once:
        Console().print(measure_once(asked.rows), markup=False, highlight=False)
        return
    measured = measure(asked.rows)
    text = measured.markdown()
    if asked.rows == ROWS:
        write_section(HEADING, text)
    Console().print(text, markup=False, highlight=False)
    if not measured.is_equal:
        raise SystemExit("the tables depend on the number of threads")


if __name__ == "__main__":
    main()
