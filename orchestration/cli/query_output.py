"""Rows of a query as a table on a terminal, or as CSV, JSON or Parquet."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.errors import UsageError

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FORMATS = ("table", "csv", "json", "parquet")
_BATCH = 10_000
#: A terminal is for looking; whoever wants all rows asks for a file format.
SHOWN_ROWS = 100
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: What begins a formula; a lone sign, such as a dash for "none", does not.
_FORMULA = tuple("=+-@\t\r")


def write_rows(
    cursor: DuckDBPyConnection,
    names: Sequence[str],
    kind: str,
    output: Path | None,
    console: Console,
    origin: Mapping[str, str],
) -> None:
    """Write the rows of `cursor` in one of `FORMATS` to `output`, else to the console or stdout.

    `names` are the columns'; `origin` goes with a Parquet file as its metadata.

    Raises:
        UsageError: the file cannot be written, or Parquet was asked for without one.
        duckdb.Error: the query failed while its rows were read.
    """
    if kind == "parquet":
        _parquet(cursor, names, output, origin)
    elif kind == "table":
        rows = cursor.fetchmany(SHOWN_ROWS + 1)
        if output is None:
            _table(names, rows, console)
        else:
            with _opened(output) as handle:
                _table(names, rows, Console(file=handle, width=200))
    else:
        _write(WRITERS[kind](names, iter(lambda: cursor.fetchmany(_BATCH), [])), output)


def unique_names(names: Sequence[str]) -> list[str]:
    """Column names that differ: a second `a` is `a_1`, as DuckDB itself calls it in a subquery."""
    found: list[str] = []
    for name in names:
        number, free = 0, name
        while free in found:
            number += 1
            free = f"{name}_{number}"
        found.append(free)
    return found


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    """Print rows as lines; as one column name a line where the names alone are too wide."""
    if rows and sum(len(name) + 2 for name in names) > console.width:
        _records(names, rows[:SHOWN_ROWS], console)
    else:
        _lines(names, rows[:SHOWN_ROWS], console)
    if len(rows) > SHOWN_ROWS:
        console.print(f"[dim]the first {SHOWN_ROWS} rows; --format csv gives all[/dim]")
    elif not rows:
        console.print("[dim]no rows[/dim]")


def _records(names: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    widest = max(map(len, names))
    for number, row in enumerate(rows, start=1):
        console.print(f"[dim]row {number}[/dim]", highlight=False)
        for name, value in zip(names, row, strict=True):
            console.print(f"  [bold]{name:<{widest}}[/bold]  {_shown(value)}", highlight=False)


def _lines(names: Sequence[str], rows: Sequence[Sequence[Any]], console: Console) -> None:
    numeric = [
        all(isinstance(row[i], int | float) or row[i] is None for row in rows[:20])
        for i in range(len(names))
    ]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for name, is_number in zip(names, numeric, strict=True):
        table.add_column(name, justify="right" if is_number and rows else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_shown(value) for value in row))
    console.print(table)


def _shown(value: Any) -> str:
    if value is None:
        return "[dim]·[/dim]"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.0f}"
    return escape(printable(str(value)))


def printable(text: str) -> str:
    """Control characters as `\\x1b`: a value must not steer the terminal that shows it."""
    return _CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", text)


def guarded(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula begins with an apostrophe."""
    is_formula = isinstance(value, str) and value[:1] in _FORMULA and len(value) > 1
    return f"'{value}" if is_formula else value


def _csv(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Iterable[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([guarded(name) for name in names])
    for batch in batches:
        writer.writerows([guarded(value) for value in row] for row in batch)
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _json(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Iterable[str]:
    first = True
    for batch in batches:
        for row in batch:
            line = json.dumps(dict(zip(names, row, strict=True)), default=str, ensure_ascii=False)
            yield ("[\n" if first else ",\n") + line
            first = False
    yield "[]\n" if first else "\n]\n"


WRITERS: dict[str, Callable[..., Iterable[str]]] = {"csv": _csv, "json": _json}


def _write(pieces: Iterable[str], output: Path | None) -> None:
    if output is None:
        is_terminal = sys.stdout.isatty()
        sys.stdout.writelines(printable(piece) if is_terminal else piece for piece in pieces)
        return
    with _opened(output) as handle:
        handle.writelines(pieces)


@contextmanager
def _beside(output: Path) -> Iterator[Path]:
    """A path to write to; it becomes `output` when the block succeeds, and vanishes otherwise."""
    temporary = output.with_name(f".{output.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(output)
    except OSError as error:
        what = f"cannot write there: {error.strerror or error}"
        raise UsageError(what, where=str(output)) from error
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def _opened(output: Path) -> Iterator[Any]:
    with _beside(output) as path, path.open("w", encoding="utf-8", newline="") as handle:
        yield handle


def _parquet(
    cursor: DuckDBPyConnection,
    names: Sequence[str],
    output: Path | None,
    origin: Mapping[str, str],
) -> None:
    """Through Arrow, a batch at a time: the hardened connection may not write files itself."""
    if output is None:
        raise UsageError("Parquet needs a file", remedy="add --output FILE.parquet")
    import pyarrow.parquet as pq

    batches = cursor.to_arrow_reader(100_000)
    schema = batches.schema
    for number, name in enumerate(names):
        schema = schema.set(number, schema.field(number).with_name(name))
    with _beside(output) as path, pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for batch in _read(batches):
            writer.write_batch(batch.rename_columns(list(names)))
        writer.add_key_value_metadata(dict(origin))


def _read(batches: Iterable[Any]) -> Iterator[Any]:
    """Arrow reports errors of the query as those of a file; they become DuckDB's again."""
    try:
        yield from batches
    except OSError as error:
        is_memory = "Out of Memory" in str(error)
        raise (duckdb.OutOfMemoryException if is_memory else duckdb.Error)(str(error)) from None
