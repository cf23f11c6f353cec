"""`pax query`: one query of the current release, in the format a person wants."""

from __future__ import annotations

import csv
import io
import json
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.errors import UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILE = "pax_silica.duckdb"
FORMATS = ("table", "csv", "json", "parquet")
#: A terminal is for looking; whoever wants all rows asks for a file format.
SHOWN_ROWS = 100
_BATCH = 10_000


def answer(
    paths: DataPaths,
    sql: str,
    kind: str,
    output: Path | None,
    console: Console,
    is_working: bool = False,
    release: str | None = None,
) -> None:
    """Answer `sql` on the console, on stdout or in a file.

    Asked is the current release, the one whose id begins with `release`, or the last run's
    database.

    Raises:
        UsageError: unknown format, no SQL or database, a refused query, an unwritable file.
        ReleaseNotFoundError: no release, or several, begin with `release`.
    """
    if kind not in FORMATS:
        raise UsageError(
            f"no format is called {kind}", remedy=f"choose one of: {', '.join(FORMATS)}"
        )
    text = statement(sql)
    from warehouse.storage.read_only import reading

    database = (
        named(paths, release) if release else working(paths) if is_working else current(paths)
    )
    with reading(database) as connection:
        try:
            if kind == "parquet":
                _parquet(connection, text, output)
                return
            cursor = connection.execute(text)
            names = [column[0] for column in cursor.description or ()]
            if kind == "table":
                _table(names, cursor.fetchmany(SHOWN_ROWS + 1), _console(output) or console)
            else:
                _write(WRITERS[kind](names, iter(lambda: cursor.fetchmany(_BATCH), [])), output)
        except duckdb.Error as error:
            raise _explained(connection, text, error) from None


def statement(sql: str) -> str:
    """The SQL itself: given, out of a file, or from stdin for `-`.

    Raises:
        UsageError: there is no such file, or no SQL in it.
    """
    if sql == "-":
        text = sys.stdin.read()
    elif len(sql) < 1000 and "\n" not in sql and sql.strip().endswith(".sql"):
        path = Path(sql)
        if not path.is_file():
            raise UsageError("there is no such file", where=sql, remedy="give SQL, a file or -")
        text = path.read_text(encoding="utf-8")
    else:
        text = sql
    if not text.strip():
        raise UsageError("no SQL was given", remedy='for example: pax query "show all tables"')
    return text


def working(paths: DataPaths) -> Path:
    """The database of the last run: it also has the marts withheld for their licence.

    Raises:
        UsageError: no run has built it.
    """
    if not paths.database.exists():
        raise UsageError("there is no working database", remedy="`pax run` builds it")
    return paths.database


def named(paths: DataPaths, beginning: str) -> Path:
    """The database of the release whose id begins so.

    Raises:
        ReleaseNotFoundError: there is none, or there are several.
    """
    from warehouse.release.registry import find_release

    return find_release(paths, beginning).folder / FILE


def current(paths: DataPaths) -> Path:
    """The database of the release that `current` points to, resolved once: an activation in
    between must not change what one query sees.

    Raises:
        UsageError: nothing is published in this data directory.
    """
    if not paths.current.exists():
        is_beside = any(paths.releases.glob("[!.]*/manifest.json"))
        raise UsageError(
            "no release is current: those here are of earlier knowledge days"
            if is_beside
            else "nothing is published in this data directory yet",
            where=str(paths.data_dir),
            remedy="`pax publish --list` shows them, `pax query --release ID` reads one, and "
            "`pax run` publishes the release of today"
            if is_beside
            else "`pax run` publishes the first release; PAX_HOME chooses another data directory",
        )
    return paths.current.resolve() / FILE


def _explained(connection: DuckDBPyConnection, sql: str, error: duckdb.Error) -> UsageError:
    said = str(error).strip()
    remedy = 'see `pax query "describe marts.TABLE"` for columns, docs/data_dictionary.html for all'
    if isinstance(error, duckdb.CatalogException) and "able" in said:
        found = connection.execute(
            "select table_name from duckdb_tables() where schema_name = 'marts' order by 1"
        ).fetchall()
        remedy = "the tables are, all in schema marts: " + ", ".join(row[0] for row in found)
        if withheld := _withheld_in(connection, sql):
            remedy = f"no release contains {withheld}, for its sources' terms: add --working"
            if withheld == "event_candidate":
                remedy = "no release contains acts of documents: `pax candidates` lists them, and "
                remedy += "`pax query --working` reads the table"
    elif "read-only" in said or "disabled" in said:
        remedy = (
            "a release is never changed and cannot reach files; copy what you need with --output"
        )
    return UsageError(f"DuckDB refused the query: {said}", remedy=remedy)


def _withheld_in(connection: DuckDBPyConnection, sql: str) -> str | None:
    """The first mart that the query names and the release withholds."""
    found = connection.execute("select withheld_marts from marts.publish_info").fetchone()
    names = (found[0] or "").split(", ") if found else []
    return next((name for name in names if name and re.search(rf"\b{name}\b", sql)), None)


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
    return escape(str(value))


def _csv(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> Iterable[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(names)
    for batch in batches:
        writer.writerows(batch)
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
        sys.stdout.writelines(pieces)
        return
    with _opened(output) as handle:
        handle.writelines(pieces)


def _opened(output: Path) -> Any:
    try:
        return output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise UsageError(f"cannot write there: {error.strerror}", where=str(output)) from error


def _console(output: Path | None) -> Console | None:
    return Console(file=_opened(output), width=200) if output else None


def _parquet(connection: DuckDBPyConnection, sql: str, output: Path | None) -> None:
    """Through Arrow: the hardened connection may not write files itself."""
    if output is None:
        raise UsageError("Parquet needs a file", remedy="add --output FILE.parquet")
    import pyarrow.parquet as pq

    from warehouse.storage.read_only import to_arrow

    try:
        pq.write_table(to_arrow(connection, sql), output, compression="zstd")
    except OSError as error:
        raise UsageError(f"cannot write there: {error}", where=str(output)) from error
