"""The release's table macros: questions with a day as argument, answered from its tables alone.

They are dbt models with `materialized: table_function`; the release takes the SQL that dbt compiled
(DuckDB's own text of a macro does not always parse to the same query). A macro is left out when a
mart that it reads is withheld.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from warehouse.release.dbt_manifest import read_manifest_json
from warehouse.release.errors import PublishError
from warehouse.storage.read_only import literal, quoted


@dataclass(frozen=True)
class TableMacro:
    """One macro: `select * from marts.<name>(<parameters>)`; a day that is left out is today."""

    name: str
    parameters: tuple[str, ...]
    description: str
    sql: str
    tables: frozenset[str]  # marts that it reads, itself or through other macros

    def is_available(self, marts: Iterable[str]) -> bool:
        """True when every table that the macro reads is among `marts`."""
        return self.tables <= set(marts)


def names_read(sql: str) -> set[str]:
    """Tables and macros of schema `marts` that a query names, and views as `analysis.<view>`."""
    return set(re.findall(r"\bmarts\.(\w+)", sql)) | set(re.findall(r"\banalysis\.\w+", sql))


def _tables(model: str, functions: Mapping[str, Any], manifest: Mapping[str, Any]) -> set[str]:
    """Marts below a table function, looking through the functions that it calls."""
    tables: set[str] = set()
    for parent in functions[model]["depends_on"]["nodes"]:
        if parent in functions:
            tables |= _tables(parent, functions, manifest)
        else:
            tables.add(manifest["nodes"][parent]["name"])
    return tables


def list_table_macros(manifest_json: Path) -> list[TableMacro]:
    """All table functions of the dbt project, by name; `manifest_json` is dbt's of the last build.

    Raises:
        PublishError: the manifest cannot be read, or dbt has not compiled a function.
    """
    manifest = read_manifest_json(manifest_json)
    functions = {
        model: node
        for model, node in manifest["nodes"].items()
        if node.get("config", {}).get("materialized") == "table_function"
    }
    macros = []
    for model, node in functions.items():
        path = manifest_json.parent / "compiled" / node["package_name"] / node["original_file_path"]
        if not path.is_file():
            raise PublishError(
                f"dbt has not compiled {node['name']}: there is no {path}",
                remedy="run the dbt step again; it writes this file",
            )
        macros.append(
            TableMacro(
                name=node["name"],
                parameters=tuple(node["config"]["parameters"]),
                description=node["description"].strip(),
                sql=path.read_text(encoding="utf-8"),
                tables=frozenset(_tables(model, functions, manifest)),
            )
        )
    return sorted(macros, key=lambda macro: macro.name)


def add_table_macros(connection: duckdb.DuckDBPyConnection, macros: Iterable[TableMacro]) -> None:
    """Create the macros with their comments in the connection's current database.

    Raises:
        duckdb.Error: a macro cannot be created.
    """
    for macro in macros:
        name = f"marts.{quoted(macro.name)}"
        # without a day a question is asked of today
        parameters = ", ".join(f"{quoted(day)} := current_date" for day in macro.parameters)
        connection.execute(f"create macro {name}({parameters}) as table {macro.sql}")
        connection.execute(f"comment on macro table {name} is {literal(macro.description)}")
