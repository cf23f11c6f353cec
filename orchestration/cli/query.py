"""`pax query`: one query of the current release, in the format a person wants."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import sys
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.cli.error_output import err
from orchestration.errors import PaxError, UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILE = "pax_silica.duckdb"
FORMATS = ("table", "csv", "json", "parquet")
#: A terminal is for looking; whoever wants all rows asks for a file format.
SHOWN_ROWS = 100
_BATCH = 10_000
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
#: What begins a formula; a lone sign, such as a dash for "none", does not.
_FORMULA = tuple("=+-@\t\r")


def answer(
    paths: DataPaths,
    sql: str,
    kind: str | None,
    output: Path | None,
    console: Console,
    is_working: bool = False,
    release: str | None = None,
    *,
    seconds: float = 60,
    memory: str = "2GB",
) -> None:
    """Answer `sql` on the console, on stdout or in a file; of several statements, the last one.

    Without a format the file's name decides (.csv, .json, .parquet), else it is a table. Notes on
    the answer go to stderr, so that a pipe gets the answer alone.

    Asked is the current release, the one whose id begins with `release`, or the last run's
    database. The query ends after `seconds`, or where it needs more than `memory`.

    Raises:
        UsageError: unknown format, no SQL or database, a refused query, an unwritable file.
        PaxError: the query has reached a limit.
        ReleaseNotFoundError: no release, or several, begin with `release`.
        KeyboardInterrupt: the query was interrupted.
    """
    if kind is None:
        ending = output.suffix[1:].lower() if output else ""
        kind = ending if ending in FORMATS else "table"
    if kind not in FORMATS:
        raise UsageError(
            f"no format is called {kind}", remedy=f"choose one of: {', '.join(FORMATS)}"
        )
    text = statement(sql)
    if output is not None and output.resolve().is_relative_to(paths.releases.resolve()):
        raise UsageError(
            "a release never changes, so nothing is written into it", where=str(output),
            remedy="name a file elsewhere",
        )  # fmt: skip
    database = (
        named(paths, release) if release else working(paths) if is_working else current(paths)
    )
    with _database(database, memory, is_working) as connection:
        deadline = threading.Timer(seconds, connection.interrupt)
        deadline.daemon = True
        deadline.start()
        try:
            _answer(connection, text, kind, output, console, database)
        except duckdb.OutOfMemoryException:
            raise PaxError(
                f"the query needs more than {memory} of memory",
                remedy="add --memory 4GB, or ask for fewer rows or columns",
            ) from None
        except (duckdb.Error, RuntimeError) as error:
            if "interrupt" not in str(error).lower():
                if isinstance(error, RuntimeError):
                    raise
                raise _explained(connection, text, error) from None
            if deadline.is_alive():  # so it was Ctrl-C
                raise KeyboardInterrupt from None
            raise PaxError(
                f"the query took longer than {seconds:g} s", remedy="add --timeout SECONDS"
            ) from None
        finally:
            deadline.cancel()
            # Ctrl-C ends the call alone: closing would wait for the query, which goes on
            connection.interrupt()


@contextmanager
def _database(database: Path, memory: str, is_working: bool) -> Iterator[DuckDBPyConnection]:
    from warehouse.storage.read_only import open_reading

    if not re.fullmatch(r"\d+(\.\d+)? ?[KMG]i?B", memory):
        raise UsageError(f"{memory!r} is no size", remedy="write it as 2GB or 500MB")
    try:
        connection = open_reading(database, memory_limit=memory)
    except duckdb.Error as error:
        remedy = "`pax verify` compares all releases with their hashes, and `pax publish "
        remedy += "--rollback` activates the one before"
        if is_working:
            remedy = "`pax run --force` builds it again; a run that is in progress holds it"
        said = str(error).strip().splitlines()[0]
        raise PaxError(
            f"the database cannot be opened: {said}", where=str(database), remedy=remedy
        ) from None
    with connection:
        yield connection


def _answer(
    connection: DuckDBPyConnection,
    sql: str,
    kind: str,
    output: Path | None,
    console: Console,
    database: Path,
) -> None:
    *before, last = connection.extract_statements(sql)
    if before:
        _note(f"of {len(before) + 1} statements the last one is answered")
    for one in before:
        connection.execute(one)
    cursor = connection.execute(last)
    given = [column[0] for column in cursor.description or ()]
    names = unique_names(given)
    for old, new in zip(given, names, strict=True):
        if old != new:
            _note(f"another column is called {old}: this one is {new}")
    if kind == "parquet":
        _parquet(cursor, names, output, _origin_of(database))
    elif kind == "table":
        rows = cursor.fetchmany(SHOWN_ROWS + 1)
        if output is None:
            _table(names, rows, console)
        else:
            with _opened(output) as handle:
                _table(names, rows, Console(file=handle, width=200))
    else:
        _write(WRITERS[kind](names, iter(lambda: cursor.fetchmany(_BATCH), [])), output)


def _note(text: str) -> None:
    err.print(f"[dim]note:[/dim] {escape(printable(text))}", highlight=False, soft_wrap=True)


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


def _origin_of(database: Path) -> dict[str, str]:
    """The release and its publishers' attribution, which go with a Parquet file as its metadata."""
    from warehouse.release.manifest import read_manifest

    manifest = read_manifest(database.parent)
    if manifest is None:  # the working database
        return {}
    attributions = [s["attribution"] or s["title"] for s in manifest["sources"]]
    return {"release_id": manifest["release_id"], "attribution": "; ".join(attributions)}


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
