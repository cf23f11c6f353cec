"""Look at a release folder with fresh eyes: `python -m warehouse.release.verify FOLDER`.

Run in a process of its own, because the one that built the files holds them in its caches.
Prints what is wrong, one line each, and ends with 1; silent and 0 when all is well.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq

from warehouse.paths import DBT_PROJECT, PROJECT
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.manifest import read_manifest
from warehouse.release.table_macros import is_available, tables_of
from warehouse.storage.atomic_write import sha256_of
from warehouse.storage.read_only import quoted, reading

SAMPLES = DBT_PROJECT / "analyses"
EXPECTED = ("parquet", "report/index.html", "docs/data_dictionary.html", "CHANGES.md")


def verify_release(folder: Path) -> list[str]:
    """Everything that is wrong with the release in `folder`."""
    manifest = read_manifest(folder)
    if manifest is None:
        return ["manifest.json is missing or unreadable"]
    problems = [f"{name} is missing" for name in EXPECTED if not (folder / name).exists()]
    problems += [f"{path.name} lies beside the database" for path in folder.glob("*.wal")]
    problems += _of_files(folder, manifest)
    try:
        with reading(folder / FILE_NAME) as connection:
            problems += _of_database(connection, manifest["marts"])
            problems += _of_questions(connection, set(manifest["marts"]))
            problems += _of_samples(connection, set(manifest["marts"]))
    except (OSError, duckdb.Error) as error:
        problems.append(f"{FILE_NAME} does not open read-only: {error}")
    return problems


def _of_files(folder: Path, manifest: Mapping[str, Any]) -> Iterator[str]:
    for name, entry in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            yield f"{name} is missing"
        elif sha256_of(path) != entry["sha256"]:
            yield f"{name} does not have the hash that the manifest says"
    for mart, entry in manifest["marts"].items():
        path = folder / entry["file"]
        if path.is_file() and (rows := pq.read_metadata(path).num_rows) != entry["rows"]:
            yield f"{entry['file']} has {rows} rows, the manifest says {entry['rows']}"
        if not entry["columns"]:
            yield f"{mart} has no columns"


def _of_database(connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Any]) -> Iterator[str]:
    tables = dict(
        connection.execute(
            "select table_name, comment from duckdb_tables() where schema_name = 'marts'"
        ).fetchall()
    )
    for name in sorted(set(tables) ^ set(marts)):
        yield f"{name} is in only one of the database and the manifest"
    for name in sorted(set(tables) & set(marts)):
        found = connection.execute(f"select count(*) from marts.{quoted(name)}").fetchone()
        if found != (marts[name]["rows"],):
            yield f"{name} has {found} rows, the manifest says {marts[name]['rows']}"
        if not tables[name]:
            yield f"{name} has no comment"
    bare = connection.execute(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name = 'marts' and coalesce(comment, '') = '' order by all"
    ).fetchall()
    for table, column in bare:
        yield f"{table}.{column} has no comment"


def _of_questions(connection: duckdb.DuckDBPyConnection, marts: set[str]) -> Iterator[str]:
    """The macros of a release are there, are told, and answer for its own day."""
    told = dict(
        connection.execute(
            "select function_name, comment from duckdb_functions()"
            " where schema_name = 'marts' and function_type = 'table_macro'"
        ).fetchall()
    )
    day = connection.execute("select as_of_date from marts.publish_info").fetchone()
    for question in is_available(marts):
        if not told.get(question.name):
            yield f"the macro {question.name} is missing or has no comment"
            continue
        try:
            connection.execute(
                f"select count(*) from marts.{question.name}($day, $day)", {"day": day and day[0]}
            ).fetchall()
        except duckdb.Error as error:
            yield f"the macro {question.name}: {str(error).splitlines()[0]}"
    if {"control_exposure_asof"} <= set(told):
        yield from _of_exposure(connection)


def _of_exposure(connection: duckdb.DuckDBPyConnection) -> Iterator[str]:
    """The macro says of the release's day what the mart says: two ways to one number."""
    columns = (
        "entity_id, netting, item_kind, item_id, stage_id, window_rule, base_period_end_date,"
        " base_imports_usd, exposed_usd_low, exposed_usd_high, active_clause_ids,"
        " exposure_if_suspensions_lapse_high"
    )
    found = connection.execute(
        f"with days as (select min(as_of_date) as d, min(known_on_date) as k"
        f" from marts.control_exposure where is_as_of_date),"
        f" mart as (select {columns} from marts.control_exposure where is_as_of_date),"
        f" macro as (select {columns} from marts.control_exposure_asof("
        f"(select d from days), (select k from days)))"
        f" select (select count(*) from (from mart except from macro)),"
        f" (select count(*) from (from macro except from mart))"
    ).fetchone()
    if found != (0, 0):
        yield f"control_exposure_asof and control_exposure differ on the release's day: {found}"


def _of_samples(connection: duckdb.DuckDBPyConnection, marts: set[str]) -> Iterator[str]:
    for path in sorted(SAMPLES.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        if not tables_of(sql) <= marts:
            continue  # one of its marts stays at home
        try:
            connection.execute(sql).fetchall()
        except duckdb.Error as error:
            yield f"sample query {path.name}: {str(error).splitlines()[0]}"


def verify_in_subprocess(folder: Path) -> list[str]:
    """`verify_release`, seen by a new interpreter."""
    done = subprocess.run(
        [sys.executable, "-m", "warehouse.release.verify", str(folder)],
        capture_output=True, text=True, timeout=600, cwd=PROJECT, check=False,
    )  # fmt: skip
    if done.returncode == 0:
        return []
    said = done.stdout.splitlines() or done.stderr.splitlines()[-3:]
    return said or [f"the verifying process ended with {done.returncode}"]


def main() -> int:
    problems = verify_release(Path(sys.argv[1]))
    print("\n".join(problems))
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
