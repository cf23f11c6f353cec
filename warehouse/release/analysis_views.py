"""The release's presentation views: schema `analysis`, what an analyst opens first.

They are dbt models below `models/analysis` that read only marts and each other; the release takes
the SQL that dbt compiled and their descriptions. A view is left out when a mart that it reads,
itself or through other views, is withheld.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path
from typing import Any

import duckdb

from warehouse.release.dbt_manifest import read_manifest_json
from warehouse.release.errors import PublishError
from warehouse.storage.read_only import literal, quoted

SCHEMA = "analysis"


@dataclass(frozen=True)
class AnalysisView:
    """One view, with its descriptions and the marts and views that it reads."""

    name: str
    description: str
    columns: Mapping[str, str]  # name -> description
    sql: str
    marts: frozenset[str]
    views: frozenset[str]


def list_analysis_views(manifest_json: Path) -> list[AnalysisView]:
    """All views, each after those that it reads; `manifest_json` is dbt's of the last build.

    Raises:
        PublishError: the manifest cannot be read, or dbt has not compiled a view.
    """
    nodes = read_manifest_json(manifest_json)["nodes"]
    views = {
        model: _read_view(node, nodes, manifest_json.parent)
        for model, node in nodes.items()
        if node["resource_type"] == "model" and node["fqn"][1] == SCHEMA
    }
    by_name = {view.name: view for view in views.values()}
    # sorted: one order, whatever the order of the manifest
    graph = {name: sorted(by_name[name].views) for name in sorted(by_name)}
    return [by_name[name] for name in TopologicalSorter(graph).static_order()]


def _read_view(node: Mapping[str, Any], nodes: Mapping[str, Any], target: Path) -> AnalysisView:
    path = target / "compiled" / node["package_name"] / node["original_file_path"]
    if not path.is_file():
        raise PublishError(
            f"dbt has not compiled {node['name']}: there is no {path}",
            remedy="run the dbt step again; it writes this file",
        )
    parents = [nodes[parent] for parent in node["depends_on"]["nodes"]]
    return AnalysisView(
        name=node["name"],
        description=node["description"].strip(),
        columns={name: about["description"].strip() for name, about in node["columns"].items()},
        sql=path.read_text(encoding="utf-8"),
        marts=frozenset(parent["name"] for parent in parents if parent["fqn"][1] == "marts"),
        views=frozenset(parent["name"] for parent in parents if parent["fqn"][1] == SCHEMA),
    )


def available_views(
    views: Iterable[AnalysisView], marts: Collection[str]
) -> tuple[AnalysisView, ...]:
    """The views whose marts are all among `marts`, in the same order."""
    found: dict[str, AnalysisView] = {}
    for view in views:
        if view.marts <= set(marts) and view.views <= found.keys():
            found[view.name] = view
    return tuple(found.values())


def add_analysis_views(
    connection: duckdb.DuckDBPyConnection, views: Iterable[AnalysisView]
) -> None:
    """Create the views with their comments in the connection's current database.

    Raises:
        duckdb.Error: a view cannot be created.
    """
    connection.execute(f"create schema {SCHEMA}")
    for view in views:
        name = f"{SCHEMA}.{quoted(view.name)}"
        connection.execute(f"create view {name} as {view.sql}")
        connection.execute(f"comment on view {name} is {literal(view.description)}")
        for column, text in view.columns.items():
            connection.execute(f"comment on column {name}.{quoted(column)} is {literal(text)}")


def analysis_view_problems(
    connection: duckdb.DuckDBPyConnection, expected: Collection[str]
) -> Iterator[str]:
    """What is wrong with the views of an open release, one line each."""
    found = dict(
        connection.execute(
            "select view_name, comment from duckdb_views()"
            f" where schema_name = '{SCHEMA}' and not internal"
        ).fetchall()
    )
    for name in sorted(found.keys() ^ set(expected)):
        yield f"{SCHEMA}.{name} is in only one of the database and the manifest"
    for name, comment in sorted(found.items()):
        if not comment:
            yield f"{SCHEMA}.{name} has no comment"
        try:
            connection.execute(f"select * from {SCHEMA}.{quoted(name)} limit 1").fetchall()
        except duckdb.Error as error:
            yield f"{SCHEMA}.{name}: {str(error).splitlines()[0]}"
    bare = connection.execute(
        "select table_name, column_name from duckdb_columns()"
        f" where schema_name = '{SCHEMA}' and coalesce(comment, '') = '' order by all"
    ).fetchall()
    for view, column in bare:
        yield f"{SCHEMA}.{view}.{column} has no comment"
