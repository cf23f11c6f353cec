"""The release's table macros: answers for any day, asked of its tables alone.

Each file of `macros/` is one `create macro marts.NAME(…) as table …`; its first comment is what a
reader is told. A macro is left out when one of its tables stays at home.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb

from warehouse.storage.read_only import literal

MACROS = Path(__file__).parent / "macros"


@dataclass(frozen=True)
class TableMacro:
    """One macro: its name, its arguments as written, its words and its SQL."""

    name: str
    arguments: str
    words: str
    sql: str


def tables_of(sql: str) -> set[str]:
    """Tables of `marts` that a query reads, also through the macros that it calls."""
    read = set(re.findall(r"\b(?:from|join)\s+marts\.(\w+)\b(?!\s*\()", sql))
    called = set(re.findall(r"\b(?:from|join)\s+marts\.(\w+)\s*\(", sql))
    for question in list_table_macros():
        if question.name in called:
            called.discard(question.name)
            read |= tables_of(question.sql)
    return read | called


def list_table_macros() -> list[TableMacro]:
    """All macros, those first that others call (files are read by name)."""
    found = []
    for path in sorted(MACROS.glob("*.sql")):
        sql = path.read_text(encoding="utf-8")
        made = re.search(r"create macro marts\.(\w+)(\([^)]*\))", sql)
        if made is None or made[1] != path.stem:
            raise ValueError(f"{path} makes no macro of its own name")
        comment = re.match(r"(?:--[^\n]*\n)+", sql)
        words = " ".join((comment[0] if comment else "").replace("--", " ").split())
        found.append(TableMacro(made[1], made[2], words, sql))
    return found


def is_available(marts: Iterable[str]) -> list[TableMacro]:
    """The macros whose tables are all there."""
    there = set(marts)
    return [question for question in list_table_macros() if tables_of(question.sql) <= there]


def add_table_macros(
    connection: duckdb.DuckDBPyConnection, catalog: str, marts: Iterable[str]
) -> list[str]:
    """Make the macros in an attached release and say what they do; gives their names."""
    questions = is_available(marts)
    if not questions:
        return []
    before = connection.execute("select current_database()").fetchone()
    connection.execute(f"use {catalog}")
    for question in questions:
        connection.execute(question.sql)
        connection.execute(
            f"comment on macro table marts.{question.name} is {literal(question.words)}"
        )
    connection.execute(f"use {before[0] if before else 'memory'}")
    return [question.name for question in questions]
