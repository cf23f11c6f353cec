"""A sealed release as two schemas of a PostgreSQL database, `marts` and `analysis`.

Everything happens in one transaction: the tables are loaded beside those in use, then the schemas
are swapped by rename. A reader sees the old release or the new one; after a failure or a kill the
server itself discards what was loaded. The old schemas are dropped apart, with a lock timeout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
from adbc_driver_postgresql import dbapi

from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.errors import publish_errors
from warehouse.release.failpoint import failpoint
from warehouse.release.manifest import read_manifest
from warehouse.release.postgres.comments import comments_sql
from warehouse.release.postgres.connection import PostgresError, execute, postgres_errors
from warehouse.release.postgres.schemas import (
    SCHEMAS,
    drop_former,
    free_name,
    grant_reading,
    list_grants,
    require_own_schemas,
)
from warehouse.release.postgres.sql import column_type, functions_sql, select_sql, views_sql
from warehouse.storage.read_only import quoted, reading

#: Rows of one Arrow batch.
_BATCH = 100_000
#: One publication at a time per database; the number only has to be constant.
_LOCK = 7_290_316
#: Columns that readers select by, besides the first column of a key.
_SELECTED_BY = ("item_id", "material_id", "product_code", "clause_id")
#: Columns by which the views join: together they leave few rows.
_JOINED_BY = ("entity_id", "item_id")


@dataclass(frozen=True)
class PostgresPublication:
    """What was published; `notes` are things to know that are no failure."""

    release_id: str
    n_tables: int
    n_rows: int
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """One sentence for a person, and the notes."""
        done = f"PostgreSQL has {self.release_id}: {self.n_tables} tables, {self.n_rows} rows"
        return "\n".join([done, *self.notes])


def publish_to_postgres(
    folder: Path, dsn: str, *, lock_timeout_seconds: float = 2
) -> PostgresPublication:
    """Publish the sealed release in `folder` to the database that `dsn` names.

    Args:
        dsn: a libpq connection string or URI; passwords in it never appear in an error.
        lock_timeout_seconds: how long dropping the former schemas may wait for their readers.
    Raises:
        PostgresError: the server cannot be reached, was lost, or refused a statement.
        PublishError: the release's own file cannot be read.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise PostgresError(f"{folder} is not a release", remedy="`pax publish --list` shows all")
    with publish_errors(folder), postgres_errors(dsn), dbapi.connect(dsn) as connection:
        with reading(folder / FILE_NAME) as release:
            n_rows, notes = _publish(connection, release, manifest)
        failpoint("postgres_swapped")
        notes += drop_former(connection, lock_timeout_seconds)
    return PostgresPublication(manifest["release_id"], len(manifest["marts"]), n_rows, tuple(notes))


def published_id(dsn: str) -> str | None:
    """The id of the release that the database has; None without one.

    Raises:
        PostgresError: the server cannot be reached, or its schema `marts` is not of a release.
    """
    with postgres_errors(dsn), dbapi.connect(dsn) as connection:
        require_own_schemas(connection)
        if execute(connection, "select to_regclass('marts.publish_info') is null") == [(True,)]:
            return None
        return str(execute(connection, "select release_id from marts.publish_info")[0][0])


def _publish(
    connection: dbapi.Connection, release: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> tuple[int, list[str]]:
    """Load and swap in one transaction; the number of rows, and notes."""
    if not execute(connection, f"select pg_try_advisory_xact_lock({_LOCK})")[0][0]:
        raise PostgresError(
            "another publication to this database is running", remedy="wait until it has ended"
        )
    require_own_schemas(connection)
    grants = list_grants(connection)
    execute(connection, "create schema marts_loading")
    n_rows = sum(
        _load(connection, release, table, manifest["marts"][table]["key"])
        for table in sorted(manifest["marts"])
    )
    notes = _add_foreign_keys(connection, manifest["marts"])
    failpoint("postgres_loaded")
    suffix = re.sub(r"\W", "_", manifest["release_id"])
    for schema in SCHEMAS:
        if execute(connection, f"select 1 from pg_namespace where nspname = '{schema}'"):
            former = free_name(connection, f"{schema}_old_{suffix}")
            execute(connection, f"alter schema {schema} rename to {former}")
    execute(connection, "alter schema marts_loading rename to marts")
    execute(connection, "create schema analysis")
    for statement in [*views_sql(release), *functions_sql(release)]:
        execute(connection, statement)
    for statement in comments_sql(release, manifest):
        execute(connection, statement)
    notes += grant_reading(connection, grants)
    connection.commit()
    return n_rows, notes


def _load(
    connection: dbapi.Connection,
    release: duckdb.DuckDBPyConnection,
    table: str,
    key: list[str],
) -> int:
    """Create, fill and index one table; the number of its rows."""
    target = f"marts_loading.{quoted(table)}"
    described = release.execute(f"describe marts.{quoted(table)}").fetchall()
    columns = {name: kind for name, kind, *_ in described}
    listed = ", ".join(f"{quoted(name)} {column_type(kind)}" for name, kind in columns.items())
    execute(connection, f"create table {target} ({listed})")
    reader = release.sql(select_sql(table, columns)).to_arrow_reader(_BATCH)
    with connection.cursor() as cursor:
        n_rows = cursor.adbc_ingest(table, reader, mode="append", db_schema_name="marts_loading")
    if key:
        names = ", ".join(quoted(column) for column in key)
        missing = " or ".join(f"{quoted(column)} is null" for column in key)
        has_null = release.execute(
            f"select exists (from marts.{quoted(table)} where {missing})"
        ).fetchone() != (False,)
        # a primary key allows no NULL
        execute(
            connection,
            f"create unique index on {target} ({names})"
            if has_null
            else f"alter table {target} add primary key ({names})",
        )
    for column in (c for c in _SELECTED_BY if c in columns and c not in key[:1]):
        execute(connection, f"create index on {target} ({quoted(column)})")
    if columns.keys() >= set(_JOINED_BY):
        execute(connection, f"create index on {target} ({', '.join(_JOINED_BY)})")
    execute(connection, f"analyze {target}")
    return int(n_rows)


def _add_foreign_keys(connection: dbapi.Connection, marts: Mapping[str, Any]) -> list[str]:
    """Declare the relationships that dbt tests, also of large tables; notes about those that the
    rows do not satisfy."""
    notes = []
    for mart, entry in sorted(marts.items()):
        # a release of an earlier version names none
        for key in entry.get("foreign_keys", ()):
            column, parent = quoted(key["column"]), quoted(key["references"])
            of, to = f"marts_loading.{quoted(mart)}", f"marts_loading.{parent}"
            referenced = quoted(key["referenced_column"])
            known = f"select {referenced} from {to} where {referenced} is not null"
            # asked before: an error would end the transaction
            absent = execute(
                connection,
                f"select {column}::text from {of} where {column} is not null"
                f" and {column} not in ({known}) order by 1 limit 1",
            )
            if absent:
                notes.append(
                    f"no foreign key from {mart}.{key['column']} to {key['references']}, which"
                    f" lacks {absent[0][0]}"
                )
                continue
            execute(
                connection,
                f"alter table {of} add foreign key ({column}) references {to} ({referenced})",
            )
    return notes
