"""`pax validate trade`: our reconciliation of reported trade compared with a benchmark.

The reports land in a temporary data directory, where the project's own models reconcile them; only
the simple rules next to them are computed here.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
from rich.console import Console

from orchestration.cli.run_summary import table
from orchestration.defs.collect_check_results import dbt_failures
from orchestration.defs.transformation.dbt_command import run_dbt
from orchestration.errors import PaxError, UsageError
from sources.kit import requests
from sources.kit.catalog import catalog, find_source
from warehouse.paths import PROJECT, DataPaths
from warehouse.statistics import baci_comparison_rules
from warehouse.statistics.baci_comparison import MART, Score
from warehouse.storage import landing
from warehouse.storage.bundled import land_bundles
from warehouse.storage.load_records import write_load_records_table, write_parameters

#: What the issue asks for at least, and aims at; shown below the table.
TARGETS = (
    "level 0.97-1.03 (aim 0.99-1.01), first exporters all but one (all), HHI correlation 0.995 "
    "(0.999), error of the top share 2.0 (1.0) points, within 10 % 80 % (88 %)"
)


def example(year: int) -> tuple[list[Path], Path]:
    """The real pair beside the checkout, which is no part of it; earlier years' declarations
    come along, since they teach (`docs/reconciliation.md`).

    Raises:
        UsageError: the files of that year are not there.
    """
    folder = PROJECT.parent / "shared" / "data" / "trade"
    raw = {path: int(path.name.split("_")[2]) for path in folder.glob("comtrade_raw_[0-9]*_*")}
    reported = sorted(path for path, of in raw.items() if of <= year)
    benchmark = sorted(folder.glob(f"baci_*_{year}_full*"))
    if year not in raw.values() or not benchmark:
        raise UsageError(
            f"there is no pair of files of {year} beside the checkout",
            where="../shared/data/trade",
            remedy="pax validate trade --reported FILE --benchmark FILE --year YEAR",
        )
    return reported, benchmark[0]


def validate(
    reported: Sequence[Path], benchmark: Path, year: int, console: Console
) -> dict[str, Score]:
    """Land, reconcile, compare; prints the table and returns its rows by rule.

    Raises:
        UsageError: a file or folder is not there.
    """
    for path in [*reported, benchmark]:
        if not path.exists():
            raise UsageError("there is no such file or folder", where=str(path))
    with tempfile.TemporaryDirectory(prefix="pax-validate-") as folder:
        paths = DataPaths.at(Path(folder))
        paths.working.mkdir(parents=True)
        theirs = _land(paths, reported, benchmark, year)
        _build(paths)
        scores, n_training_pairs = _scores(paths, theirs, year)
    _show(scores, n_training_pairs, year, console)
    return scores


def _land(paths: DataPaths, reported: Sequence[Path], benchmark: Path, year: int) -> pa.Table:
    """The declarations and what the checkout brings along; the benchmark's year stays outside."""
    land_bundles(paths)
    spec = find_source("un_comtrade")
    files = requests.manual_files(spec, reported, {"year": str(year)})
    landing.land_files(spec, files, "manual", paths)
    baci = find_source("cepii_baci")
    tables = [
        parsed.tables["flows"]
        for parsed in baci.parse(requests.manual_files(baci, [benchmark]))
        if "flows" in parsed.tables
    ]
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    whole = pa.concat_tables(tables)
    of_year = whole.filter(pa.compute.equal(whole["year"], year))
    if not of_year.num_rows:
        years = sorted(set(whole["year"].to_pylist()))
        raise UsageError(
            f"the benchmark has no flow of {year}",
            where=str(benchmark),
            remedy=f"years it has: {', '.join(map(str, years))}",
        )
    return of_year


def _build(paths: DataPaths) -> None:
    # tests of models may need models that are not needed here
    done = run_dbt(paths, "build", "--select", f"+{MART}", "--exclude-resource-type", "test",
                   "--exclude-resource-type", "unit_test")  # fmt: skip
    if done.returncode:
        failed = "; ".join(f"{name}: {text}" for name, text in dbt_failures(paths).items())
        raise PaxError(
            f"dbt could not reconcile the files: {failed or done.stdout[-800:].strip()}",
            remedy="`pax run` shows whether the models build from the bundled figures",
        )


def _scores(paths: DataPaths, theirs: pa.Table, year: int) -> tuple[dict[str, Score], int]:
    """The scores by rule, and how many flows of earlier years taught our weights."""
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        scores = baci_comparison_rules.scores_by_rule(connection, theirs, year)
        taught = connection.execute(
            "select max(n_training_pairs) from intermediate.int_trade__reporter_weights "
            "where period_type = 'A' and year(period_start_date) = ?", [year],
        ).fetchone()  # fmt: skip
    if not scores:
        raise UsageError(f"nothing was declared for {year}", remedy="give the file of that year")
    return scores, int((taught and taught[0]) or 0)


def _show(scores: Mapping[str, Score], n_training_pairs: int, year: int, console: Console) -> None:
    shown = table("rule", "level>", "first exporter right>", "HHI correlation>",
                  "top share, pp>", "within 10 %>", "first exporter missed")  # fmt: skip
    for rule, score in scores.items():
        shown.add_row(
            rule, f"{score.level:.3f}", f"{score.n_first} of {score.n_products}",
            f"{score.hhi_correlation:.4f}", f"{score.top_share_error_pp:.2f}",
            f"{score.share_within_tenth:.3f}", score.missed or "",
        )  # fmt: skip
    console.print(f"declared trade of {year}, reconciled, against the benchmark")
    console.print(shown)
    console.print(f"to reach: {TARGETS}", style="dim")
    more = "" if n_training_pairs else "; give the file of an earlier year, too: it teaches them"
    console.print(
        f"weights learnt from {n_training_pairs:,} flows of earlier years{more}", style="dim"
    )
