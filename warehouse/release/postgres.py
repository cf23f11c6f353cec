"""A sealed release as two schemas of a PostgreSQL database, `marts` and `analysis`.

Everything happens in one transaction: the tables are loaded beside those in use, then the schemas
are swapped by rename. A reader sees the old release or the new one; after a failure or a kill the
server itself discards what was loaded. The old schemas are dropped apart, with a lock timeout.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import duckdb
from adbc_driver_postgresql import dbapi

from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.errors import PublishError
from warehouse.release.manifest import read_manifest
from warehouse.release.postgres_sql import (
    column_type,
    functions_sql,
    select_sql,
    stored_views,
    views_sql,
)
from warehouse.storage.read_only import literal, quoted, reading

#: The role that may read and nothing else; it cannot log in, users are made members of it.
READER = "pax_reader"
#: Schemas of a release begin with this comment: no other schema is ever replaced.
MARK = "Pax Silica release"
SCHEMAS = ("marts", "analysis")
#: Rows of one Arrow batch.
_BATCH = 100_000
#: One publication at a time per database; the number only has to be constant.
_LOCK = 7_290_316
#: Columns that readers select by, besides the first column of a key.
_SELECTED_BY = ("item_id", "material_id", "product_code", "clause_id")
#: Columns by which the views join: together they leave few rows.
_JOINED_BY = ("entity_id", "item_id")


class PostgresError(PublishError):
    """The release was not published to PostgreSQL; what is there is unchanged."""


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


def redact(text: str, dsn: str) -> str:
    """`text` without the DSN and without the passwords that the DSN holds."""
    secrets = {dsn, *re.findall(r"password\s*=\s*'((?:[^'\\]|\\.)*)'", dsn)}
    secrets |= set(re.findall(r"(?:ssl)?password\s*=\s*([^\s'&]+)", dsn))
    if "://" in dsn:
        place = dsn.split("://", 1)[1].split("?", 1)[0]
        if "@" in place:
            secrets.add(place.rsplit("@", 1)[0].partition(":")[2])
        query = parse_qs(urlsplit("//x?" + dsn.partition("?")[2]).query)
        secrets |= {value for name in ("password", "sslpassword") for value in query.get(name, [])}
    secrets |= {unquote(secret) for secret in secrets}
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def publish_to_postgres(
    folder: Path, dsn: str, *, lock_timeout_seconds: float = 2
) -> PostgresPublication:
    """Publish the sealed release in `folder` to the database that `dsn` names.

    Args:
        dsn: a libpq connection string or URI; passwords in it never appear in an error.
        lock_timeout_seconds: how long dropping the former schemas may wait for their readers.
    Raises:
        PostgresError: the server cannot be reached, or refused a statement.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        raise PostgresError(f"{folder} is not a release", remedy="`pax publish --list` shows all")
    with _postgres_errors(dsn), dbapi.connect(dsn) as connection:
        with reading(folder / FILE_NAME) as release:
            n_rows, notes = _publish(connection, release, manifest)
        notes += _drop_former(connection, lock_timeout_seconds)
    return PostgresPublication(manifest["release_id"], len(manifest["marts"]), n_rows, tuple(notes))


@contextmanager
def _postgres_errors(dsn: str) -> Iterator[None]:
    try:
        yield
    except dbapi.Error as error:
        text = redact(str(error), dsn)
        if re.search(r"invalid connection option|connection info string|URI", text):
            # libpq quotes the part that it cannot read, which may be a part of the password
            what, remedy = (
                "the PostgreSQL connection string cannot be read",
                "write it as postgresql://user@host:port/database; the password can be in the file"
                " that PGPASSFILE names",
            )
        elif re.search(r"Failed to connect|connection to server|could not translate", text):
            what = f"PostgreSQL cannot be reached: {text}"
            remedy = "check host, port, database, user and password, and that the server runs"
        else:
            # the server's own sentence, without the statement that it quotes
            found = re.search(r"(?:ERROR|FATAL):\s*(.*)", text)
            what = f"PostgreSQL refused the publication: {found[1] if found else text}"
            remedy = (
                "the user needs `create` on the database, and must own the schemas of the former"
                " release; then `pax publish --postgres DSN`"
            )
        # not `from error`: its text may hold the password
        raise PostgresError(what, remedy=remedy) from None


def _execute(connection: dbapi.Connection, sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall()) if cursor.description else []


def _publish(
    connection: dbapi.Connection, release: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]
) -> tuple[int, list[str]]:
    """Load and swap in one transaction; the number of rows, and notes."""
    if not _execute(connection, f"select pg_try_advisory_xact_lock({_LOCK})")[0][0]:
        raise PostgresError(
            "another publication to this database is running", remedy="wait until it has ended"
        )
    _require_own_schemas(connection)
    grants = _grants(connection)
    _execute(connection, "create schema marts_loading")
    n_rows = sum(
        _load(connection, release, table, manifest["marts"][table]["key"])
        for table in sorted(manifest["marts"])
    )
    suffix = re.sub(r"\W", "_", manifest["release_id"])
    for schema in SCHEMAS:
        if _execute(connection, f"select 1 from pg_namespace where nspname = '{schema}'"):
            former = _free_name(connection, f"{schema}_old_{suffix}")
            _execute(connection, f"alter schema {schema} rename to {former}")
    _execute(connection, "alter schema marts_loading rename to marts")
    _execute(connection, "create schema analysis")
    for statement in [*views_sql(release), *functions_sql(release)]:
        _execute(connection, statement)
    for statement in _comments(release, manifest):
        _execute(connection, statement)
    notes = _grant(connection, grants)
    connection.commit()
    return n_rows, notes


def _require_own_schemas(connection: dbapi.Connection) -> None:
    found = _execute(
        connection,
        "select nspname, coalesce(obj_description(oid, 'pg_namespace'), '') from pg_namespace"
        " where nspname in ('marts', 'analysis')",
    )
    if foreign := [name for name, comment in found if not comment.startswith(MARK)]:
        raise PostgresError(
            f"the database has a schema {' and '.join(foreign)} that is not of a release",
            remedy="publish to a database of its own, or rename that schema",
        )


def _free_name(connection: dbapi.Connection, wanted: str) -> str:
    """`wanted`, with a number where a former schema of that name could not be dropped."""
    sql = f"select nspname from pg_namespace where nspname like {literal(wanted + '%')}"
    taken = {name for (name,) in _execute(connection, sql)}
    number = 1
    while (name := f"{wanted}_{number}") in taken:
        number += 1
    return name


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
    _execute(connection, f"create table {target} ({listed})")
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
        _execute(
            connection,
            f"create unique index on {target} ({names})"
            if has_null
            else f"alter table {target} add primary key ({names})",
        )
    for column in (c for c in _SELECTED_BY if c in columns and c not in key[:1]):
        _execute(connection, f"create index on {target} ({quoted(column)})")
    if columns.keys() >= set(_JOINED_BY):
        _execute(connection, f"create index on {target} ({', '.join(_JOINED_BY)})")
    _execute(connection, f"analyze {target}")
    return int(n_rows)


def _comments(release: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
    """Comments of the release, with the publishers' attribution on schemas and tables."""
    sources = manifest["sources"]
    every = "; ".join(f"{s['title']}: {s['attribution']}" for s in sources)
    for schema in SCHEMAS:
        text = f"{MARK} {manifest['release_id']}. Attribution: {every}"
        yield f"comment on schema {schema} is {literal(text)}"
    objects = release.execute(
        "select 'table', schema_name, table_name, comment from duckdb_tables()"
        " where schema_name = 'marts' union all"
        " select 'view', schema_name, view_name, comment from duckdb_views()"
        " where schema_name = 'analysis'"
    ).fetchall()
    stored = stored_views(release)
    for kind, schema, name, comment in objects:
        named = [s["attribution"] for s in sources if schema == "marts" and name in s["marts"]]
        text = (comment or "") + (f" Attribution: {'; '.join(named)}" if named else "")
        kind = "table" if schema == "analysis" and name in stored else kind
        yield f"comment on {kind} {schema}.{quoted(name)} is {literal(text.strip())}"
    macros = release.execute(
        "select function_name, comment from duckdb_functions()"
        " where schema_name = 'marts' and function_type = 'table_macro'"
    ).fetchall()
    for name, comment in macros:
        yield f"comment on function marts.{quoted(name)} is {literal(comment or '')}"
    columns = release.execute(
        "select schema_name, table_name, column_name, comment from duckdb_columns()"
        " where schema_name in ('marts', 'analysis') and comment is not null"
    ).fetchall()
    for schema, name, column, comment in columns:
        where = f"{schema}.{quoted(name)}.{quoted(column)}"
        yield f"comment on column {where} is {literal(comment)}"


def _grants(connection: dbapi.Connection) -> list[tuple[str, str, str]]:
    """Rights of others on the present schemas: (right, object, role); exactly these are granted
    again, so that no role sees more than before."""
    return [
        (right, where, role)
        for right, where, role in _execute(
            connection,
            """
            select lower(acl.privilege_type), 'schema ' || quote_ident(nspname),
                case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
            from pg_namespace, aclexplode(nspacl) as acl
            where nspname in ('marts', 'analysis') and grantee <> nspowner
                and acl.privilege_type = 'USAGE'
            union all
            select lower(acl.privilege_type),
                quote_ident(nspname) || '.' || quote_ident(relname),
                case when grantee = 0 then 'public' else quote_ident(pg_get_userbyid(grantee)) end
            from pg_class
            inner join pg_namespace on relnamespace = pg_namespace.oid, aclexplode(relacl) as acl
            where nspname in ('marts', 'analysis') and grantee <> relowner
                and acl.privilege_type = 'SELECT'
            """,
        )
    ]


def _grant(connection: dbapi.Connection, grants: list[tuple[str, str, str]]) -> list[str]:
    """Grant again what was granted, and reading to `READER`; notes about what was left out."""
    notes = []
    for right, where, role in grants:
        name = where.removeprefix("schema ")
        is_there = where.startswith("schema ") or _execute(
            connection, f"select to_regclass({literal(name)}) is not null"
        ) == [(True,)]
        if is_there:
            _execute(connection, f"grant {right} on {where} to {role}")
    if not _execute(connection, f"select 1 from pg_roles where rolname = '{READER}'"):
        _execute(connection, "savepoint role")
        try:
            _execute(connection, f"create role {READER} nologin")
        except dbapi.Error:
            _execute(connection, "rollback to savepoint role")
            notes.append(
                f"there is no role {READER}, and this user may not create it: an administrator can"
                f" (`create role {READER} nologin`); the next publication grants it the tables"
            )
            return notes
    for schema in SCHEMAS:
        _execute(connection, f"grant usage on schema {schema} to {READER}")
        _execute(connection, f"grant select on all tables in schema {schema} to {READER}")
    return notes


def _drop_former(connection: dbapi.Connection, timeout_seconds: float) -> list[str]:
    """Drop the schemas of former releases, in a transaction of their own; a schema that is in use
    stays until the next publication."""
    names = [
        name
        for (name,) in _execute(
            connection,
            "select nspname from pg_namespace where nspname ~ '^(marts|analysis)_old_'"
            f" and obj_description(oid, 'pg_namespace') like '{MARK}%' order by nspname",
        )
    ]
    if not names:
        connection.commit()
        return []
    if used := _views_of_others(connection, names):
        connection.rollback()
        return [f"kept {', '.join(names)}: used by {', '.join(used)}; make them again on marts"]
    try:
        _execute(connection, f"set local lock_timeout = {int(timeout_seconds * 1000)}")
        _execute(connection, f"drop schema {', '.join(map(quoted, names))} cascade")
        connection.commit()
    except dbapi.Error:
        connection.rollback()
        return [f"kept {', '.join(names)}, which are being read: the next publication drops them"]
    return []


def _views_of_others(connection: dbapi.Connection, schemas: list[str]) -> list[str]:
    """Views outside `schemas` that read their tables: dropping would remove them unasked."""
    former = ", ".join(literal(name) for name in schemas)
    return [
        name
        for (name,) in _execute(
            connection,
            f"""
            select distinct reading.oid::regclass::text
            from pg_depend
            inner join pg_rewrite on pg_depend.objid = pg_rewrite.oid
            inner join pg_class as reading on pg_rewrite.ev_class = reading.oid
            inner join pg_class as read on pg_depend.refobjid = read.oid
            where pg_depend.classid = 'pg_rewrite'::regclass
                and pg_depend.refclassid = 'pg_class'::regclass
                and read.relnamespace::regnamespace::text in ({former})
                and reading.relnamespace::regnamespace::text not in ({former})
            """,
        )
    ]
