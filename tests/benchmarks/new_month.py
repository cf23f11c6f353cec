"""`python -m tests.benchmarks.new_month`: what a new month costs, against a full build.

Two years of generated monthly declarations land, and the models from the declared rows to both
trade facts are built; then the month after lands, and they are built again. A full build of the
same landing must give the same rows, to the last bit. Prints a table; no test asserts the figures.
`--rows 10000000` writes a section of `docs/benchmarks.md`.
"""

from __future__ import annotations

import argparse
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.console import Console

from sources.kit.catalog import catalog, find_source
from sources.kit.contract import Parsed
from sources.kit.tabular import add_lineage_columns
from tests.benchmarks.page import machine, write_section
from tests.benchmarks.trade_10m_rows import (
    KNOWN_FROM,
    N_SLOWEST,
    ROWS,
    TIMED,
    WITHOUT_TESTS,
    build_with_dbt,
    cpu_seconds,
    fingerprint,
    generated_rows,
    seconds_by_model,
)
from warehouse.paths import DataPaths
from warehouse.storage import landing
from warehouse.storage.bundled import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters
from warehouse.storage.machine import usable_cores

HEADING = "A new month"
N_MONTHS = 24
REPORTED = "int_trade__declared_periods+,+fct_trade_reported"


def months() -> Iterator[date]:
    """Two years, and the month after them."""
    for number in range(N_MONTHS + 1):
        yield date(2023 + number // 12, number % 12 + 1, 1)


def land_month(paths: DataPaths, connection: duckdb.DuckDBPyConnection, day: date, n: int) -> None:
    """Land one month of `n` rows: the same flows every month, with other values."""
    generated = generated_rows(connection, 0, n)
    rows = connection.execute(
        "select * replace ('M' as freq_code, $year as ref_year, $month as ref_month, "
        "$period as period, primary_value_usd * (0.9 + 0.2 * (hash(reporter_code, partner_code, "
        "cmd_code, $period) % 1000) / 1000) as primary_value_usd) from generated",
        {"year": day.year, "month": day.month, "period": f"{day:%Y%m}"},
    ).to_arrow_table()
    assert generated.num_rows == rows.num_rows
    spec = find_source("un_comtrade")
    table = add_lineage_columns(
        rows, spec.tables["trade"], edition="2026-01-31", known_from_date=KNOWN_FROM,
        payload_sha256=f"{day:%Y%m}".zfill(64), row_locator=pa.repeat("generated", rows.num_rows),
    )  # fmt: skip
    part = Parsed(f"file/{day:%Y%m}", "2026-01-31", KNOWN_FROM, "inferred", {"trade": table}, [])
    landing.land(spec, part, "manual", paths)


def measure(n_rows: int, console: Console) -> None:
    selected = ["--select", TIMED, REPORTED, *WITHOUT_TESTS]
    cores = usable_cores()
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        paths = DataPaths.at(Path(folder) / "data")
        paths.working.mkdir(parents=True)
        land_bundles(paths)
        *known, new = months()
        with duckdb.connect() as connection:
            for day in known:
                land_month(paths, connection, day, n_rows // N_MONTHS)
            write_load_records_table(paths, catalog())
            write_parameters(paths)
            upstream = ["--select", "+fct_trade_reconciled", "+fct_trade_reported", "--exclude",
                        TIMED, REPORTED, *WITHOUT_TESTS]  # fmt: skip
            build_with_dbt(paths, upstream, cores)
            build_with_dbt(paths, selected, cores)
            land_month(paths, connection, new, n_rows // N_MONTHS)
        write_load_records_table(paths, catalog())
        begun = cpu_seconds()
        month, _ = build_with_dbt(paths, selected, cores)
        month_cpu = cpu_seconds() - begun
        of_month, prints = seconds_by_model(paths), fingerprint(paths)
        shutil.copy(paths.database, Path(folder) / "kept.duckdb")
        begun = cpu_seconds()
        full, _ = build_with_dbt(paths, [*selected, "--full-refresh"], cores)
        full_cpu = cpu_seconds() - begun
        of_full = seconds_by_model(paths)
        is_equal = prints == fingerprint(paths)
    slowest = sorted(of_full, key=lambda name: -of_full[name])[:N_SLOWEST]
    lines = [
        f"{machine()}; {n_rows:,} rows in {N_MONTHS} months, and one month more.",
        "",
        "| build | seconds | CPU seconds |",
        "|---|---:|---:|",
        f"| full | {full:.1f} | {full_cpu:.1f} |",
        f"| month | {month:.1f} | {month_cpu:.1f} |",
        f"| month / full | {month / full:.3f} | {month_cpu / full_cpu:.3f} |",
        "",
        f"dbt's start included; rows are {'equal' if is_equal else 'NOT EQUAL'}.",
        "",
        "| model | full | month |",
        "|---|---:|---:|",
        *(f"| {name} | {of_full[name]:.2f} | {of_month.get(name, 0):.2f} |" for name in slowest),
    ]
    text = "\n".join(lines)
    console.print(text, markup=False, highlight=False, soft_wrap=True)
    if n_rows == ROWS:
        write_section(HEADING, text)
    if not is_equal:
        raise SystemExit("the rows are not those of a full build")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="declared rows to generate")
    measure(parser.parse_args().rows, Console())


if __name__ == "__main__":
    main()
