"""`pax exposure`: a buyer's own list of suppliers against a release, on this machine only."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape

from orchestration.cli.query import current, named
from orchestration.cli.run_summary import table
from orchestration.errors import UsageError
from warehouse.paths import DataPaths
from warehouse.storage.read_only import reading

if TYPE_CHECKING:
    import pyarrow as pa

#: A spreadsheet takes a cell that begins so for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def answer(
    paths: DataPaths,
    file: Path,
    buyer: str | None,
    output: Path | None,
    release: str | None,
    console: Console,
) -> None:
    """Print the answer, or write it to `output`.

    Raises:
        UsageError: the file is no list of suppliers, the buyer no country, `output` no file to
            write, or the release too old.
        ReleaseNotFoundError: no release, or several, begin with `release`.
    """
    from warehouse.supplier_list import SupplierListError, assess, read_purchases

    if output and output.suffix not in (".csv", ".parquet"):
        raise UsageError(f"{output.name} is neither .csv nor .parquet", remedy="name it so")
    try:
        purchases = read_purchases(file)
    except (OSError, SupplierListError) as error:
        raise UsageError(
            f"the list cannot be read: {error}",
            where=str(file),
            remedy="docs/exposure.md describes the columns; docs/examples/suppliers.csv is one",
        ) from error
    database = named(paths, release) if release else current(paths)
    with reading(database) as connection:
        try:
            known = connection.execute(
                "select 1 from marts.dim_country where country_id = ? and country_kind = 'country'",
                [buyer and buyer.upper()],
            ).fetchone()
            if buyer and not known:
                raise UsageError(f"{buyer} is no country", remedy="an ISO alpha-3 code, like DEU")
            found = assess(connection, purchases, buyer and buyer.upper())
        except duckdb.Error as error:
            raise UsageError(
                f"this release cannot answer: {str(error).splitlines()[0]}",
                where=str(database.parent),
                remedy="`pax run` publishes a release that can",
            ) from error
    if output:
        _write(found, output)
    else:
        _show(found.to_pylist(), console)
    unanswered = [row for row in found.to_pylist() if row["problem"]]
    for row in unanswered:
        console.print(
            f"[yellow]line {row['line']}:[/yellow] {escape(row['item'])}, {escape(row['origin'])}:"
            f" {escape(row['problem'])}",
            highlight=False,
        )


def _show(rows: list[dict[str, Any]], console: Console) -> None:
    shown = table(
        "line>", "item", "origin", "value USD>", "under controls>", "at most>", "clauses",
        "top exporter", "short if it stops>",
    )  # fmt: skip
    for row in rows:
        top = row["largest_exporter_id"]
        shown.add_row(
            str(row["line"]), escape(row["item"]), escape(row["origin_id"] or row["origin"]),
            f"{row['value_usd']:,.0f}", _money(row["controlled_usd_low"]),
            _money(row["controlled_usd_high"]), (row["clauses_in_force"] or "").replace("|", " "),
            f"{top} {row['largest_exporter_share']:.0%}" if top else "no data",
            _short(row),
        )  # fmt: skip
    console.print(shown)


def _short(row: dict[str, Any]) -> str:
    """What the buyer's country lacks in the worst scenario: a share or its band."""
    low, high = row["buyer_shortage_share_low"], row["buyer_shortage_share_high"]
    if low is None or high is None:
        return "·"
    return f"{low:.0%}" if high - low < 0.005 else f"{low:.0%} to {high:.0%}"


def _money(value: float | None) -> str:
    return "no answer" if value is None else f"{value:,.0f}"


def _write(found: pa.Table, output: Path) -> None:
    try:
        if output.suffix == ".parquet":
            import pyarrow.parquet as pq

            pq.write_table(found, output)
            return
        with output.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file)
            writer.writerow(found.column_names)
            for row in found.to_pylist():
                writer.writerow([_safe(cell) for cell in row.values()])
    except OSError as error:
        raise UsageError(
            f"the answer cannot be written: {error.strerror}",
            where=str(output),
            remedy="name a file in a folder that exists and that you may write",
        ) from error


def _safe(cell: Any) -> Any:
    """Text that a spreadsheet would take for a formula gets an apostrophe before it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
