"""What dbt knows of the marts: names, keys, descriptions and the sources they come from."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warehouse.release.errors import PublishError

#: dbt sources that are about the run itself and have no publisher.
NOT_A_PUBLISHER = frozenset({"run"})


@dataclass(frozen=True)
class Mart:
    """One published table as dbt describes it."""

    name: str
    description: str
    columns: Mapping[str, str]  # name -> description
    key: tuple[str, ...]
    sources: tuple[str, ...]
    carried: tuple[str, ...] = ()  # sources of which more than derived figures are in it
    registers: tuple[str, ...] = ()  # curated seeds in the lineage
    meta: Mapping[str, Any] = field(default_factory=dict)  # `config.meta` of its YAML

    @property
    def grain(self) -> str:
        """The first sentence of the description."""
        return self.description.strip().split(". ")[0].split("\n\n")[0].rstrip(".") + "."


def _keys(nodes: Mapping[str, Any]) -> dict[str, tuple[str, ...]]:
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


def _ancestors(
    start: str, parents: Mapping[str, Iterable[str]], walls: frozenset[str] = frozenset()
) -> set[str]:
    seen: set[str] = set(walls)
    waiting = [start]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return seen - walls


def _carried(model: str, sources: Iterable[str], manifest: Mapping[str, Any]) -> tuple[str, ...]:
    """The sources that reach a mart past every model that says `derivation_of` them.

    What a publisher's terms keep at home are its rows, not what was worked out of them.
    """
    carried = []
    for source in sources:
        walls = frozenset(
            name
            for name, node in manifest["nodes"].items()
            if source in node.get("config", {}).get("meta", {}).get("derivation_of", ())
        )
        if model in walls:
            continue
        reached = _ancestors(model, manifest["parent_map"], walls)
        if any(a.startswith("source.") and a.split(".")[2] == source for a in reached):
            carried.append(source)
    return tuple(carried)


def _lineage(model: str, manifest: Mapping[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    ancestors = _ancestors(model, manifest["parent_map"])
    sources = {manifest["sources"][a]["source_name"] for a in ancestors if a.startswith("source.")}
    registers = {
        manifest["nodes"][a]["name"]
        for a in ancestors
        if a.startswith("seed.") and "curated" in manifest["nodes"][a].get("fqn", ())
    }
    return tuple(sorted(sources - NOT_A_PUBLISHER)), tuple(sorted(registers))


def read_manifest_json(manifest_json: Path) -> dict[str, Any]:
    """dbt's `manifest.json`.

    Raises:
        PublishError: it is missing, is no JSON or has no nodes.
    """
    try:
        manifest: dict[str, Any] = json.loads(manifest_json.read_text(encoding="utf-8"))
        manifest["nodes"]
    except (OSError, ValueError, KeyError) as error:
        raise PublishError(
            f"dbt's manifest cannot be read: {manifest_json} ({error})",
            remedy="run the dbt step again; it writes this file",
        ) from error
    return manifest


def read_catalog(manifest_json: Path) -> list[Mart]:
    """Every model below `models/marts`, by name, out of dbt's `manifest.json`."""
    manifest = read_manifest_json(manifest_json)
    nodes = manifest["nodes"]
    keys = _keys(nodes)
    marts = []
    for model, node in nodes.items():
        if node["resource_type"] != "model" or node["fqn"][1] != "marts":
            continue
        sources, registers = _lineage(model, manifest)
        marts.append(
            Mart(
                name=node.get("alias") or node["name"],
                description=node.get("description") or "",
                columns={
                    name.lower(): column.get("description") or ""
                    for name, column in node["columns"].items()
                },
                key=tuple(column.lower() for column in keys.get(model, ())),
                sources=sources,
                carried=_carried(model, sources, manifest),
                registers=registers,
                meta=node.get("config", {}).get("meta") or {},
            )
        )
    if not marts:
        raise PublishError(f"dbt's manifest names no mart: {manifest_json}")
    return sorted(marts, key=lambda mart: mart.name)
