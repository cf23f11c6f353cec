"""The relationships between the marts as a Mermaid diagram, from dbt's manifest.

A key is what dbt tests as unique, a relationship what dbt tests as one: nothing is drawn that no
test holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from warehouse.release.dbt_manifest import key_columns

Relationship = tuple[str, str, str]  # child, parent, column of the child


def list_relationships(manifest: Mapping[str, Any]) -> list[Relationship]:
    """The tested relationships between two marts, sorted."""
    nodes = manifest["nodes"]
    found = set()
    for node in nodes.values():
        test = node.get("test_metadata") or {}
        if test.get("name") != "relationships":
            continue
        child = node["attached_node"]
        for parent in node["depends_on"]["nodes"]:
            is_mart = nodes[child]["fqn"][1] == nodes.get(parent, {}).get("fqn", ["", ""])[1]
            if parent != child and is_mart and nodes[child]["fqn"][1] == "marts":
                found.add((nodes[child]["name"], nodes[parent]["name"], node["column_name"]))
    return sorted(found)


def er_diagram(manifest: Mapping[str, Any]) -> str:
    """The diagram: each mart of a relationship with its key, a line for each relationship."""
    relationships = list_relationships(manifest)
    names = {name for child, parent, _ in relationships for name in (child, parent)}
    keys = key_columns(manifest["nodes"])
    foreign: dict[str, set[str]] = defaultdict(set)
    for child, _, column in relationships:
        foreign[child].add(column)
    lines = ["erDiagram"]
    for model, node in sorted(manifest["nodes"].items()):
        if node["resource_type"] == "model" and node["name"] in names:
            lines += _entity(node, keys.get(model, ()), foreign[node["name"]])
    lines += [f"    {parent} ||--o{{ {child} : {column}" for child, parent, column in relationships]
    return "\n".join(lines) + "\n"


def _entity(node: Mapping[str, Any], key: Sequence[str], foreign: set[str]) -> list[str]:
    lines = [f"    {node['name']} {{"]
    for name, column in node["columns"].items():
        marks = ["PK"] * (name in key) + ["FK"] * (name in foreign)
        if marks:
            lines.append(f"        {column['data_type']} {name} {', '.join(marks)}")
    return [*lines, "    }"]
