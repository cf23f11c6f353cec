"""Names, keys, descriptions and sources of the marts, as dbt has them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.release.errors import PublishError
from warehouse.storage.read_only import reading


@dataclass(frozen=True, order=True)
class Relationship:
    """One tested relationship: each value of a mart's column is in a column of another mart."""

    mart: str
    column: str
    parent: str
    parent_column: str
    is_foreign_key: bool  # of all rows, and `parent_column` is the whole key of the parent


@dataclass(frozen=True)
class Mart:
    """One published table as dbt describes it."""

    name: str
    description: str
    columns: Mapping[str, str]  # name -> description
    key: tuple[str, ...]
    sources: tuple[str, ...]  # landed sources in the lineage
    carried: tuple[str, ...] = ()  # of these, with rows in it that are not derived from theirs
    registers: tuple[str, ...] = ()  # curated seeds in the lineage
    foreign_keys: tuple[Relationship, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)  # `config.meta` of its YAML

    @property
    def grain(self) -> str:
        """The first sentence of the description."""
        return self.description.strip().split(". ")[0].split("\n\n")[0].rstrip(".") + "."


def key_columns(nodes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
    """Key columns per model, from its test of a combination of columns or of a unique column."""
    keys: dict[str, tuple[str, ...]] = {}
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        model, arguments = node.get("attached_node"), test.get("kwargs") or {}
        if test.get("name") == "unique_combination_of_columns":
            keys[model] = tuple(arguments["combination_of_columns"])
        elif test.get("name") == "unique" and arguments.get("column_name"):
            keys.setdefault(model, (arguments["column_name"],))
    return keys


def list_relationships(nodes: Mapping[str, Any]) -> list[Relationship]:
    """What dbt tests as a relationship between two marts, sorted."""
    keys = key_columns(nodes)
    found = set()
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if test.get("name") != "relationships" or not _is_mart(nodes, node["attached_node"]):
            continue
        child, field_ = node["attached_node"], test["kwargs"]["field"]
        for parent in node["depends_on"]["nodes"]:
            if parent != child and _is_mart(nodes, parent):
                is_whole = not (node.get("config") or {}).get("where")
                found.add(
                    Relationship(
                        nodes[child]["name"],
                        node["column_name"],
                        nodes[parent]["name"],
                        field_,
                        is_whole and keys.get(parent) == (field_,),
                    )
                )
    return sorted(found)


def _is_mart(nodes: Mapping[str, Any], name: str) -> bool:
    node = nodes.get(name, {})
    return node.get("resource_type") == "model" and node["fqn"][1] == "marts"


def _lineage(database: Path) -> dict[str, list[tuple[str, str, bool]]]:
    """Per mart (source_id, input_kind, is_carried), as dbt read it from its own graph."""
    if not database.is_file():
        raise PublishError(
            f"there is no working database at {database}", remedy="run dbt, then publish"
        )
    lineage: dict[str, list[tuple[str, str, bool]]] = defaultdict(list)
    try:
        with reading(database) as connection:
            rows = connection.execute(
                "select mart, source_id, input_kind, is_carried"
                " from intermediate.int_quality__mart_inputs order by all"
            ).fetchall()
    except duckdb.CatalogException as error:
        raise PublishError(
            f"{database} has no lineage of the marts: {str(error).splitlines()[0]}",
            remedy="run the dbt step again; it builds int_quality__mart_inputs",
        ) from error
    for mart, *row in rows:
        lineage[mart].append(tuple(row))
    return lineage


def read_manifest_json(manifest_json: Path) -> dict[str, Any]:
    """dbt's `manifest.json`.

    Raises:
        PublishError: it is missing, is no JSON or has no nodes.
    """
    try:
        manifest: dict[str, Any] = orjson.loads(manifest_json.read_bytes())
        manifest["nodes"]
    except (OSError, ValueError, KeyError) as error:
        raise PublishError(
            f"dbt's manifest cannot be read: {manifest_json} ({error})",
            remedy="run the dbt step again; it writes this file",
        ) from error
    return manifest


def read_catalog(manifest_json: Path, database: Path) -> list[Mart]:
    """Every model below `models/marts`, by name: dbt's `manifest.json` and the working database.

    Raises:
        PublishError: the manifest or the lineage is missing, or there is no mart.
        duckdb.Error: the working database cannot be read.
    """
    manifest = read_manifest_json(manifest_json)
    keys = key_columns(manifest["nodes"])
    lineage = _lineage(database)
    relationships = list_relationships(manifest["nodes"])
    marts = []
    for model, node in manifest["nodes"].items():
        if not _is_mart(manifest["nodes"], model):
            continue
        name = node.get("alias") or node["name"]
        inputs = lineage.get(name, [])
        marts.append(
            Mart(
                name=name,
                description=node.get("description") or "",
                columns={
                    column.lower(): about.get("description") or ""
                    for column, about in node["columns"].items()
                },
                key=tuple(column.lower() for column in keys.get(model, ())),
                sources=tuple(source for source, kind, _ in inputs if kind == "source"),
                carried=tuple(
                    s for s, kind, is_carried in inputs if kind == "source" and is_carried
                ),
                registers=tuple(source for source, kind, _ in inputs if kind == "register"),
                foreign_keys=tuple(r for r in relationships if r.mart == name and r.is_foreign_key),
                meta=node.get("config", {}).get("meta") or {},
            )
        )
    if not marts:
        raise PublishError(f"dbt's manifest names no mart: {manifest_json}")
    return sorted(marts, key=lambda mart: mart.name)
