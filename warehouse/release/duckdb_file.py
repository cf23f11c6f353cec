"""The release's DuckDB file: built fresh from the release's Parquet, then commented."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.release.dbt_manifest import Mart
from warehouse.release.errors import PublishError
from warehouse.release.metadata_tables import COLUMNS, DESCRIPTIONS
from warehouse.release.parquet import MartFile, read_sql
from warehouse.release.table_macros import add_table_macros
from warehouse.storage.read_only import literal, quoted

#: The stem is the catalog's name in every saved query, so it never changes, and it must not be
#: the name of a schema.
FILE_NAME = "pax_silica.duckdb"
#: Older than the engine on purpose: BI drivers of the same major line can open it.
STORAGE_VERSION = "v1.4.0"


@dataclass(frozen=True)
class Comments:
    """The comments of one table."""

    table: str
    columns: Mapping[str, str]


def read_comments(marts: Sequence[Mart]) -> dict[str, Comments]:
    """Comments for every table: dbt's for the marts, ours for the two own tables."""
    words = {mart.name: Comments(mart.description, mart.columns) for mart in marts}
    for name, columns in COLUMNS.items():
        words[name] = Comments(DESCRIPTIONS[name], {c.name: c.description for c in columns})
    return words


def undocumented_columns(files: Sequence[MartFile], words: Mapping[str, Comments]) -> list[str]:
    """Tables and columns that nobody has described, as `mart` or `mart.column`."""
    missing = []
    for file in files:
        said = words.get(file.name, Comments("", {}))
        if not said.table.strip():
            missing.append(file.name)
        missing += [
            f"{file.name}.{column}"
            for column, _ in file.columns
            if not said.columns.get(column.lower(), "").strip()
        ]
    return missing


def _comment(connection: duckdb.DuckDBPyConnection, file: MartFile, words: Comments) -> None:
    table = f"release.marts.{quoted(file.name)}"
    connection.execute(f"comment on table {table} is {literal(words.table.strip())}")
    for column, _ in file.columns:
        text = literal(words.columns[column.lower()].strip())
        connection.execute(f"comment on column {table}.{quoted(column)} is {text}")


def write_database(folder: Path, files: Sequence[MartFile], words: Mapping[str, Comments]) -> Path:
    """Build `pax_silica.duckdb` in `folder`; fails when a column has no description.

    `create table as` carries no comments, so they are issued again here.
    """
    if missing := undocumented_columns(files, words):
        raise PublishError(
            f"without description: {', '.join(missing[:12])}"
            + (f" and {len(missing) - 12} more" if len(missing) > 12 else ""),
            remedy="describe them in the mart's YAML; readers see only what is written there",
        )
    path = folder / FILE_NAME
    connection = duckdb.connect()
    try:
        connection.execute(
            f"attach {literal(str(path))} as release (storage_version {literal(STORAGE_VERSION)})"
        )
        # one transaction: else each of the many comments would wait for the disk by itself
        connection.execute("begin")
        connection.execute("create schema release.marts")
        for file in files:
            target = f"release.marts.{quoted(file.name)}"
            connection.execute(f"create table {target} as {read_sql(file)}")
            _comment(connection, file, words[file.name])
        connection.execute("commit")
        add_table_macros(connection, "release", (file.name for file in files))
        connection.execute("checkpoint release")
        connection.execute("detach release")
    finally:
        connection.close()
    if list(folder.glob("*.wal")):
        raise PublishError(f"{path} has an unwritten log beside it", remedy="publish again")
    return path
