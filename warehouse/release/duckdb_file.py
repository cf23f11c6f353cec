"""The release's DuckDB file: built from the release's Parquet, then commented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.release.analysis_views import AnalysisView, add_analysis_views
from warehouse.release.dbt_manifest import Mart
from warehouse.release.deprecated_views import add_deprecated_views
from warehouse.release.errors import PublishError
from warehouse.release.metadata_tables import COLUMNS, DESCRIPTIONS
from warehouse.release.parquet import MartFile, read_sql
from warehouse.release.table_macros import TableMacro, add_table_macros
from warehouse.storage.read_only import literal, quoted

#: The stem is the catalog name in every saved query, so it never changes, and it must not be
#: the name of a schema.
FILE_NAME = "pax_silica.duckdb"
#: Older than the engine on purpose: BI drivers of the same major line can open it.
STORAGE_VERSION = "v1.4.0"


@dataclass(frozen=True)
class Comments:
    """The comments of one table."""

    table: str
    columns: Mapping[str, str]


def read_comments(marts: Sequence[Mart], empty: Mapping[str, str]) -> dict[str, Comments]:
    """Comments for every table: dbt's for the marts, ours for the metadata tables.

    Args:
        empty: why a mart has no rows, for those without; the sentence precedes the description.
    """
    comments = {
        mart.name: Comments(f"{empty.get(mart.name, '')} {mart.description}", mart.columns)
        for mart in marts
    }
    for name, columns in COLUMNS.items():
        comments[name] = Comments(DESCRIPTIONS[name], {c.name: c.description for c in columns})
    return comments


def undocumented_columns(files: Sequence[MartFile], comments: Mapping[str, Comments]) -> list[str]:
    """Tables and columns without a description, as `mart` or `mart.column`."""
    missing = []
    for file in files:
        described = comments.get(file.name, Comments("", {}))
        if not described.table.strip():
            missing.append(file.name)
        missing += [
            f"{file.name}.{column}"
            for column, _ in file.columns
            if not described.columns.get(column.lower(), "").strip()
        ]
    return missing


def _comment(connection: duckdb.DuckDBPyConnection, file: MartFile, comments: Comments) -> None:
    table = f"release.marts.{quoted(file.name)}"
    connection.execute(f"comment on table {table} is {literal(comments.table.strip())}")
    for column, _ in file.columns:
        text = literal(comments.columns[column.lower()].strip())
        connection.execute(f"comment on column {table}.{quoted(column)} is {text}")


def _column_list(connection: duckdb.DuckDBPyConnection, file: MartFile) -> str:
    """Columns of a table, and its primary key where that is one column without NULL.

    Not of several columns: their index would make the bundled release five times as large. Nor
    foreign keys: DuckDB's `copy from database` fails on a file that declares any.
    """
    columns = ", ".join(f"{quoted(name)} {kind}" for name, kind in file.columns)
    if len(file.key) != 1:
        return columns
    (key,) = map(quoted, file.key)
    has_null = f"select exists (from ({read_sql(file)}) where {key} is null)"
    if connection.execute(has_null).fetchone() != (False,):
        return columns
    return f"{columns}, primary key ({key})"


def write_database(
    folder: Path,
    files: Sequence[MartFile],
    comments: Mapping[str, Comments],
    macros: Sequence[TableMacro] = (),
    views: Sequence[AnalysisView] = (),
) -> Path:
    """Build `pax_silica.duckdb` in `folder`: schema `marts`, its macros, the views.

    The views are those of schema `analysis` and of the deprecated names.

    Raises:
        PublishError: a table or column has no description.
        duckdb.Error: the file cannot be written.
    """
    if missing := undocumented_columns(files, comments):
        raise PublishError(
            f"without description: {', '.join(missing[:12])}"
            + (f" and {len(missing) - 12} more" if len(missing) > 12 else ""),
            remedy="describe them in the YAML of the mart; its descriptions become the comments",
        )
    path = folder / FILE_NAME
    connection = duckdb.connect()
    try:
        connection.execute(
            f"attach {literal(str(path))} as release (storage_version {literal(STORAGE_VERSION)})"
        )
        # one transaction: otherwise each comment would be synced to disk by itself
        connection.execute("begin")
        connection.execute("create schema release.marts")
        for file in files:
            target = f"release.marts.{quoted(file.name)}"
            connection.execute(f"create table {target} ({_column_list(connection, file)})")
            connection.execute(f"insert into {target} {read_sql(file)}")
            _comment(connection, file, comments[file.name])
        connection.execute("commit")
        connection.execute("use release")
        add_table_macros(connection, macros)
        columns = {file.name: [name for name, _ in file.columns] for file in files}
        add_deprecated_views(connection, columns)
        add_analysis_views(connection, views)
        connection.execute("use memory")
        connection.execute("checkpoint release")
        connection.execute("detach release")
    finally:
        connection.close()
    if list(folder.glob("*.wal")):
        raise PublishError(f"{path} has an unwritten log next to it", remedy="publish again")
    return path
