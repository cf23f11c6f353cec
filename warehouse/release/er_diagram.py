"""The relationships between the marts as a Mermaid diagram, from dbt's manifest.

A key is what dbt tests as unique, a relationship what dbt tests as one: nothing is drawn that no
test holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.release.dbt_manifest import key_columns, list_relationships


def er_diagram(manifest: Mapping[str, Any]) -> str:
    """The diagram: each mart of a relationship with its key, a line for each relationship."""
    relationships = list_relationships(manifest["nodes"])
    names = {name for r in relationships for name in (r.mart, r.parent)}
    keys = key_columns(manifest["nodes"])
    foreign: dict[str, set[str]] = defaultdict(set)
    for relationship in relationships:
        foreign[relationship.mart].add(relationship.column)
    lines = ["erDiagram"]
    for model, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] == "model" and node["name"] in names:
            lines += _entity(node, keys.get(model, ()), foreign[node["name"]])
    drawn = sorted((r.mart, r.parent, r.column) for r in relationships)
    lines += [f"    {parent} ||--o{{ {mart} : {column}" for mart, parent, column in drawn]
    return "\n".join(lines) + "\n"


def _entity(node: Mapping[str, Any], key: Sequence[str], foreign: set[str]) -> list[str]:
    lines = [f"    {node['name']} {{"]
    for name, column in node["columns"].items():
        marks = ["PK"] * (name in key) + ["FK"] * (name in foreign)
        if marks:
            lines.append(f"        {column['data_type']} {name} {', '.join(marks)}")
    return [*lines, "    }"]
