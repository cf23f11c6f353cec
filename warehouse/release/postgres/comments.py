"""The release's comments in PostgreSQL's SQL, with the publishers' attribution."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import duckdb

from warehouse.release.postgres.schemas import MARK, SCHEMAS
from warehouse.release.postgres.sql import stored_views
from warehouse.storage.read_only import literal, quoted


def comments_sql(release: duckdb.DuckDBPyConnection, manifest: Mapping[str, Any]) -> Iterator[str]:
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
