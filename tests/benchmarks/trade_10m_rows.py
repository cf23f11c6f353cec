"""`python -m tests.benchmarks.trade_10m_rows`: ten million declared rows, landed and reconciled.

An invented world (seeded by hashes) lands in parts, the product's models reconcile it, and the
same statements run once more straight in DuckDB; writes `docs/benchmark_10m_rows.md`, for reading.
"""

from __future__ import annotations

import os
import platform
import resource
import runpy
import shutil
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
import yaml
from rich.console import Console

from orchestration import dbt_env
from sources.kit.catalog import catalog, find_source
from sources.kit.contract import Parsed
from sources.kit.tabular import add_lineage_columns
from warehouse.paths import DBT_PROJECT, PROJECT, DataPaths
from warehouse.storage import landing
from warehouse.storage.bundled import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters

PAGE = PROJECT / "docs" / "bench_trade.md"
ROWS, PART = 10_000_000, 1_000_000
DAY = date(2026, 1, 31)
#: In the order of their building; the estimation is Python in both ways.
MODELS = ["comtrade_rows", "comtrade_mapped", "comtrade_tellings", "comtrade_flows", "filings",
          "witness", "mirror_pairs", "reporter_weights", "own_flows", "own_bands", "own_trailing",
          "reconciled"]  # fmt: skip
SELECTED = [f"int_trade__{name}" for name in MODELS] + ["fct_trade_reconciled"]

#: A flow of 200 reporters, 200 partners, products and two years; its total and one breakdown.
_WORLD = """
    with cells as (
        select i // 4 as cell, i % 2 = 1 as is_leaf, i // 2 % 2 = 1 as is_import
        from range($first, $last) as t(i)
    ),
    flows as (
        select *, codes[1 + cell % 200] as exporter,
            codes[1 + (cell // 200 * 7 + cell) % 200] as importer,
            exp(6 + 8 * (hash(cell) % 1000) / 1000) as truth,
            (hash(cell, is_import) % 1000) / 1000 - 0.5 as off
        from cells, (select list(code order by code) as codes from codes)
    )
    select
        'C' as type_code, 'A' as freq_code, 2021 + cell % 2 as ref_year, 52 as ref_month,
        cast(2021 + cell % 2 as varchar) as period,
        case when is_import then importer else exporter end as reporter_code,
        case when is_import then exporter else importer end as partner_code,
        '0' as partner2_code, case when is_import then 'M' else 'X' end as flow_code,
        'H5' as classification_code,
        lpad(cast(10000 + cell // 40000 as varchar), 6, '0') as cmd_code,
        'C00' as customs_code, '0' as mos_code,
        case when is_leaf then '2100' else '0' end as mot_code,
        8 as qty_unit_code, truth as qty, -1 as alt_qty_unit_code, null as alt_qty,
        truth as net_wgt_kg, false as is_net_wgt_estimated, true as is_original_classification,
        null as cif_value_usd, null as fob_value_usd,
        truth * exp(off) * (1 - 0.3 * is_leaf::int) as primary_value_usd,
        0 as legacy_estimation_flag, true as has_dimensions
    from flows
    where exporter <> importer
"""


def land_world(paths: DataPaths, beside: Path) -> tuple[float, float]:
    """Land the world in parts: seconds of landing, and of DuckDB writing the same rows."""
    spec, landed, written = find_source("un_comtrade"), 0.0, 0.0
    schema = spec.tables["trade"]
    with duckdb.connect() as connection:
        connection.execute(
            "create table codes as select distinct code from read_csv(?, all_varchar = true) as c, "
            "unnest([c.comtrade_code]) as t(code) where code <> '' order by 1 limit 200",
            [str(PROJECT / "dbt_project" / "seeds" / "reference" / "countries.csv")],
        )
        for first in range(0, ROWS, PART):
            values = {"first": first, "last": first + PART}
            made = connection.execute(_WORLD, values).to_arrow_table()
            started = time.perf_counter()
            table = add_lineage_columns(
                made, schema, edition="2026-01-31", known_from_date=DAY,
                payload_sha256=f"{first:064d}", row_locator=pa.repeat("invented", made.num_rows),
            )  # fmt: skip
            tables = {"trade": table}
            part = Parsed(f"file/bench-{first}", "2026-01-31", DAY, "inferred", tables, [])
            landing.land(spec, part, "manual", paths)
            landed += time.perf_counter() - started
            started = time.perf_counter()
            connection.from_arrow(table).to_parquet(
                str(beside / "part.parquet"), compression="zstd"
            )
            written += time.perf_counter() - started
    return landed, written


def product(paths: DataPaths, *kinds: str) -> tuple[float, float]:
    """Seconds of dbt on these models, its start included, and the peak of memory in GiB."""
    before = time.perf_counter()
    words = ["build", "--select", *SELECTED]
    for kind in kinds:
        words += ["--exclude-resource-type", kind]
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.dbt_env", *words],
        env={**os.environ, "PAX_HOME": str(paths.data_dir)}, cwd=PROJECT,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(done.stdout[-3000:])
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2
    return time.perf_counter() - before, peak


def straight(paths: DataPaths, folder: Path) -> float:
    """The same statements in DuckDB alone, onto a copy of what stands before them."""
    from warehouse.statistics.mirror_reconciliation.batch import reporter_weights

    copy = folder / paths.database.name
    shutil.copyfile(paths.database, copy)
    compiled = paths.dbt_target / "compiled" / "pax_silica" / "models"
    model = PROJECT / "dbt_project/models/intermediate/trade/int_trade__reporter_weights.py"
    asked = runpy.run_path(str(model))
    before = time.perf_counter()
    with (DBT_PROJECT / "profiles.yml").open(encoding="utf-8") as text:
        profile = yaml.safe_load(text)["pax_silica"]["outputs"]["duckdb"]
    settings: dict[str, str | bool | int | float | list[str]] = {
        **profile["config_options"], **profile["settings"], "temp_directory": str(folder / "spill"),
    }  # fmt: skip
    with duckdb.connect(str(copy), config=settings) as db:
        for name in SELECTED:
            schema = "marts" if name.startswith("fct") else "intermediate"
            if name.endswith("reporter_weights"):
                pairs = db.table("intermediate.int_trade__mirror_pairs")
                db.execute(
                    "create temp view told as from intermediate.int_trade__baci_reference_flows"
                )
                flows = pairs.query("pairs", asked["SAMPLE"]).query("sample", asked["TOLD"])
                found = reporter_weights(flows.to_arrow_table())
                db.register("weights", found)
                db.execute(f"create or replace table {schema}.{name} as select * from weights")
            else:
                sql = next(compiled.rglob(f"{name}.sql")).read_text(encoding="utf-8")
                db.execute(f"create or replace table {schema}.{name} as {sql}")
    return time.perf_counter() - before


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        paths = DataPaths.at(Path(folder) / "home")
        dbt_env.apply(paths)
        land_bundles(paths)
        landed, written = land_world(paths, Path(folder))
        write_load_records_table(paths, catalog())
        write_parameters(paths)
        words = ["build", "--select", "+fct_trade_reconciled", "+dim_country",
                 "--exclude", *SELECTED,
                 "--exclude-resource-type", "test", "unit_test"]  # fmt: skip
        subprocess.run([sys.executable, "-m", "orchestration.dbt_env", *words],
                       env={**os.environ, "PAX_HOME": str(paths.data_dir)}, cwd=PROJECT,
                       capture_output=True, check=True)  # fmt: skip
        ours, peak = product(paths, "unit_test", "test")
        tested, peak = product(paths, "unit_test")
        theirs = straight(paths, Path(folder))
    allowed = 1.3 * (written + theirs) + 10
    lines = [
        f"# {ROWS:,} declared rows ({date.today()}, {platform.machine()}, {os.cpu_count()} cores)",
        "",
        "| seconds | product | straight in DuckDB |",
        "|---|---:|---:|",
        f"| landing, in parts of a million rows | {landed:.1f} | {written:.1f} |",
        f"| the models (dbt's start and parse included) | {ours:.1f} | {theirs:.1f} |",
        f"| both | {landed + ours:.1f} | {written + theirs:.1f} |",
        f"| allowed: 1.3 times that + 10 | {allowed:.1f} | |",
        f"| the models with their data tests | {tested:.1f} | |",
        "",
        f"Peak of memory of the dbt process: {peak:.2f} GiB (allowed 3).",
    ]
    PAGE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    console.print("\n".join(lines))


if __name__ == "__main__":
    main()
