"""`pax query`: one query of the current release, in the format a person wants."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from rich.console import Console
from rich.markup import escape

from orchestration.cli.error_output import err
from orchestration.cli.query_output import FORMATS, printable, unique_names, write_rows
from orchestration.errors import PaxError, UsageError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

FILE = "pax_silica.duckdb"


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
    write_rows(cursor, names, kind, output, console, _origin_of(database))


def _note(text: str) -> None:
    err.print(f"[dim]note:[/dim] {escape(printable(text))}", highlight=False, soft_wrap=True)


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


def _origin_of(database: Path) -> dict[str, str]:
    """The release and its publishers' attribution, which go with a Parquet file as its metadata."""
    from warehouse.release.manifest import read_manifest

    manifest = read_manifest(database.parent)
    if manifest is None:  # the working database
        return {}
    attributions = [s["attribution"] or s["title"] for s in manifest["sources"]]
    return {"release_id": manifest["release_id"], "attribution": "; ".join(attributions)}
