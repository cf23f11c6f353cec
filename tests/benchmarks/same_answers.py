"""`python -m tests.benchmarks.same_answers`: the core of the reconciliation in other engines.

From declared rows to the estimate of each flow: the total row of each declaration, countries by
their codes, both declarations side by side, the usual price of a kilogram, the value less freight,
the weighted mean. Plain DuckDB, Polars and pandas read the landed Parquet and write Parquet, each
in a process of its own, in turn; each answer is compared with the models' own tables. The weights
of the countries, their codes and distances are given to all of them.

Writes a section of `docs/benchmarks.md`; no test asserts the figures. `--rows 10000000` for more,
`--print` to leave the page as it is.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console

from sources.kit.catalog import catalog
from tests.benchmarks.page import machine, write_section
from tests.benchmarks.trade_10m_rows import (
    TIMED,
    WITHOUT_TESTS,
    build_with_dbt,
    land_generated_rows,
    seconds_by_model,
)
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.bundled import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters
from warehouse.storage.machine import usable_cores

HEADING = "The same answers in other engines"
ENGINES = ("duckdb", "polars", "pandas")
ROUNDS = 3
#: Where an answer differs from the models' by more than this, relative, it is another one.
TOLERANCE = 1e-9
KEY = ("exporter_id", "importer_id", "product_code", "period")
MEASURES = ("x_usd", "m_usd", "x_kg", "m_kg", "usual_usd_kg", "value_usd")
#: The models that do what is compared, and no other part of the reconciliation.
MODELS = (
    "int_trade__comtrade_rows", "int_trade__comtrade_mapped", "int_trade__comtrade_flows",
    "int_trade__mirror_pairs", "int_trade__mirror_estimates",
)  # fmt: skip

#: What all engines are given, and the models' answers.
_EXPORTS = {
    "codes": "select code, country_id, code_kind from intermediate.int_country__codes"
    " where code_system = 'comtrade'",
    "distances": "select exporter_id, importer_id, distance_km"
    " from intermediate.int_trade__gravity",
    "weights": "select role, country_id, cast(year(period_start_date) as varchar) as period,"
    " log_odds, freight_constant, freight_by_unit_value, freight_by_distance"
    " from intermediate.int_trade__reporter_weights",
    "models": "select exporter_id, importer_id, product_code, cast(year as varchar) as period,"
    " pairs.x_usd, pairs.m_usd, pairs.x_kg, pairs.m_kg, pairs.usual_usd_kg, estimates.value_usd"
    " from intermediate.int_trade__mirror_pairs as pairs"
    " inner join intermediate.int_trade__mirror_estimates as estimates using (exporter_id,"
    " importer_id, nomenclature, product_code, period_type, period_start_date, year)",
}


@dataclass(frozen=True)
class Measured:
    """One process: wall and CPU seconds, its start included, and the peak of its memory."""

    wall: float
    cpu: float
    peak_gib: float


def measure_process(*words: str) -> Measured:
    """Run a Python module in a process of its own.

    Raises:
        SystemExit: it failed.
    """
    started = time.perf_counter()
    pid = os.posix_spawn(sys.executable, [sys.executable, "-m", *words], os.environ)
    _, status, used = os.wait4(pid, 0)
    if status:
        raise SystemExit(f"{' '.join(words)} failed")
    return Measured(
        time.perf_counter() - started, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024**2
    )


def prepare(folder: Path, n_rows: int) -> tuple[float, dict[str, float]]:
    """Land generated rows, build the models, export what the engines read; the seconds of dbt and
    of each model."""
    paths = DataPaths.at(folder / "data")
    paths.working.mkdir(parents=True)
    land_bundles(paths)
    land_generated_rows(paths, folder, n_rows)
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    upstream = ["--select", "+fct_trade_reconciled", "+dim_country", "--exclude", TIMED]
    build_with_dbt(paths, [*upstream, *WITHOUT_TESTS], usable_cores())
    seconds, _ = build_with_dbt(paths, ["--select", TIMED, *WITHOUT_TESTS], usable_cores())
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        for name, sql in _EXPORTS.items():
            connection.sql(sql).to_parquet(str(folder / f"{name}.parquet"))
        # the engines do not convert product codes: there must be nothing to convert
        converted = connection.execute(
            "select count(*) from intermediate.int_trade__mirror_pairs where is_revision_folded"
        ).fetchone()
    assert converted == (0,)
    return seconds, seconds_by_model(paths)


def differing(folder: Path, engine: str) -> int:
    """Rows that only one of the engine and the models has, or that differ in a measure."""
    differ = " or ".join(
        f"(a.{m} is null) <> (b.{m} is null) or abs(a.{m} - b.{m}) > {TOLERANCE} * abs(b.{m})"
        for m in MEASURES
    )
    keys = " and ".join(f"a.{k} = b.{k}" for k in KEY)
    found = duckdb.sql(
        f"select count(*) from '{folder}/{engine}.parquet' as a"
        f" full join '{folder}/models.parquet' as b on {keys}"
        f" where a.{KEY[0]} is null or b.{KEY[0]} is null or {differ}"
    ).fetchall()
    return int(found[0][0])


def compare(folder: Path, n_rows: int, dbt_seconds: float, by_model: dict[str, float]) -> str:
    """The section of the page: the median of each engine on what `prepare` left in `folder`.

    Raises:
        SystemExit: an engine gives another answer than the models.
    """
    n_answers = duckdb.sql(f"select count(*) from '{folder}/models.parquet'").fetchall()[0][0]
    rounds: dict[str, list[Measured]] = {engine: [] for engine in ENGINES}
    for _ in range(ROUNDS):
        for engine in ENGINES:
            module = f"tests.benchmarks.engines.with_{engine}"
            rounds[engine].append(measure_process(module, str(folder)))
            if n := differing(folder, engine):
                raise SystemExit(f"{engine}: {n:,} of {n_answers:,} answers are not the models'")
    median = {
        engine: Measured(
            statistics.median(one.wall for one in found),
            statistics.median(one.cpu for one in found),
            max(one.peak_gib for one in found),
        )
        for engine, found in rounds.items()
    }
    plain = median["duckdb"]
    models = sum(by_model.get(name, 0.0) for name in MODELS)
    lines = [
        f"{machine()}. {n_rows:,} declared rows, {n_answers:,} flows; median of {ROUNDS} rounds in"
        " turn, each a process of its own (start, imports, reading and writing Parquet included);"
        f" all answers equal the models' within {TOLERANCE:g}, row by row.",
        "",
        "| engine | wall s | CPU s | CPU, ratio | peak GiB |",
        "|---|---:|---:|---:|---:|",
        *(
            f"| {engine} | {one.wall:.1f} | {one.cpu:.1f} | {one.cpu / plain.cpu:.2f} |"
            f" {one.peak_gib:.2f} |"
            for engine, one in median.items()
        ),
        "",
        f"The five models of this part took {models:.1f} s by dbt's own clock, of {dbt_seconds:.1f}"
        " s for the whole way to the reconciled flows (dbt's start, weights, intervals and twelve"
        " months included): they keep what the engines here leave out (breakdowns without a total,"
        " editions, bases of values, origins of weights, filings, earlier values of BACI), and"
        " five tables instead of one.",
    ]
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="declared rows to generate")
    parser.add_argument("--print", action="store_true", help="leave the page as it is")
    asked = parser.parse_args()
    os.chdir(PROJECT)
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        text = compare(Path(folder), asked.rows, *prepare(Path(folder), asked.rows))
    if not asked.print:
        write_section(HEADING, text)
    Console().print(text, markup=False, highlight=False, soft_wrap=True)


if __name__ == "__main__":
    main()
