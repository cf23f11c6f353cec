"""Deprecated names: a renamed column keeps its old name for one version, as a view.

`deprecated_columns.csv` is the only list. Each mart in it gets a view of the same name in schema
`marts_deprecated`, with the old column names and values; CHANGES.md lists them.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb

from warehouse.storage.read_only import literal, quoted

SCHEMA = "marts_deprecated"


@dataclass(frozen=True)
class DeprecatedColumn:
    """One renamed column, or one whose values were renamed (then both names are the same)."""

    mart: str
    old_name: str
    new_name: str
    old_values: Mapping[str, str]  # new value -> old value
    renamed_in: str
    removed_in: str

    @property
    def note(self) -> str:
        """The comment of the old column in the database."""
        values = "".join(f"; {new!r} was {old!r}" for new, old in self.old_values.items())
        return (
            f"Deprecated since {self.renamed_in}, removed in {self.removed_in}:"
            f" read marts.{self.mart}.{self.new_name}{values}."
        )

    def to_old(self) -> str:
        """SQL of the old column, from the new one."""
        return f"{self._replaced(self.new_name, self.old_values)} as {quoted(self.old_name)}"

    def to_new(self) -> str:
        """SQL of the new column, from the old one."""
        old_values = {old: new for new, old in self.old_values.items()}
        return f"{self._replaced(self.old_name, old_values)} as {quoted(self.new_name)}"

    @staticmethod
    def _replaced(column: str, values: Mapping[str, str]) -> str:
        sql = quoted(column)
        for found, replacement in values.items():
            sql = f"replace({sql}, {literal(found)}, {literal(replacement)})"
        return sql


@cache
def list_deprecated_columns() -> tuple[DeprecatedColumn, ...]:
    """All rows of `deprecated_columns.csv`, by mart."""
    with Path(__file__).with_name("deprecated_columns.csv").open(encoding="utf-8") as file:
        return tuple(_read_row(**row) for row in csv.DictReader(file))


def _read_row(*, old_values: str, **names: str) -> DeprecatedColumn:
    values = dict(pair.split("=") for pair in old_values.split("|") if pair)
    return DeprecatedColumn(**names, old_values=values)


def deprecated_columns_of(marts: Mapping[str, Sequence[str]]) -> list[DeprecatedColumn]:
    """The deprecated columns of a release; `marts` maps each mart to its column names."""
    return [c for c in list_deprecated_columns() if c.new_name in marts.get(c.mart, ())]


def add_deprecated_views(
    connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Sequence[str]]
) -> None:
    """Create the views of a release in the connection's current database, with comments.

    The views name no catalog, so that they work under whatever name the file is attached.
    """
    deprecated = deprecated_columns_of(marts)
    connection.execute(f"create schema {SCHEMA}")
    for mart in dict.fromkeys(column.mart for column in deprecated):
        renamed = {c.new_name: c for c in deprecated if c.mart == mart}
        columns = ", ".join(
            renamed[name].to_old() if name in renamed else quoted(name) for name in marts[mart]
        )
        view = f"{SCHEMA}.{quoted(mart)}"
        connection.execute(f"create view {view} as select {columns} from marts.{quoted(mart)}")
        notes = " ".join(c.note for c in renamed.values())
        connection.execute(f"comment on view {view} is {literal(notes)}")
        for column in renamed.values():
            connection.execute(
                f"comment on column {view}.{quoted(column.old_name)} is {literal(column.note)}"
            )


def view_problems(
    connection: duckdb.DuckDBPyConnection, marts: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    """What is wrong with the views of an open release, one line each."""
    expected = {(c.mart, c.old_name, c.note) for c in deprecated_columns_of(marts)}
    found = set(
        connection.execute(
            "select table_name, column_name, comment from duckdb_columns()"
            f" where schema_name = '{SCHEMA}' and comment is not null"
        ).fetchall()
    )
    for view, column, _ in sorted(expected ^ found):
        yield f"{SCHEMA}.{view}.{column} is missing, undeclared or has another comment"
    for view in sorted({view for view, *_ in found if view in marts}):
        counts = connection.execute(
            f"select (select count(*) from {SCHEMA}.{quoted(view)}),"
            f" (select count(*) from marts.{quoted(view)})"
        ).fetchone()
        if counts is None or counts[0] != counts[1]:
            yield f"{SCHEMA}.{view} and marts.{view} have {counts} rows"


def changes_lines(marts: Mapping[str, Sequence[str]]) -> list[str]:
    """The section of CHANGES.md; empty where the release has no deprecated column."""
    rows = [
        f"| `{c.mart}` | `{c.old_name}`{_listed(c.old_values.values())} |"
        f" `{c.new_name}`{_listed(c.old_values)} | {c.renamed_in} | {c.removed_in} |"
        for c in deprecated_columns_of(marts)
    ]
    if not rows:
        return []
    return [
        "",
        "## Deprecated names",
        "",
        f"The old names can still be read from schema `{SCHEMA}` of `pax_silica.duckdb`.",
        "",
        "| mart | old column | column now | renamed in | removed in |",
        "|---|---|---|---|---|",
        *rows,
    ]


def _listed(values: Iterable[str]) -> str:
    names = ", ".join(f"`{value}`" for value in values)
    return f" ({names})" if names else ""
