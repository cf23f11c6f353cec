"""Which models each engine builds, in which order: read from dbt's manifest.

Models with the tag `spark` are built on Spark, all others on DuckDB. Where one engine's models read
the other's, the build goes on in the next stage: DuckDB first, then in turn.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter
from typing import Any

TAG = "spark"
Manifest = Mapping[str, Any]


@dataclass(frozen=True)
class Stage:
    """One build by one engine.

    Attributes:
        engine: `duckdb` or `spark`.
        models: names of the seeds and models to build, views that either engine makes included.
        reads: tables of the other engine that they read, `<schema>.<name>`.
        tables: tables that it makes, `<schema>.<name>`.
    """

    engine: str
    models: list[str] = field(default_factory=list)
    reads: list[str] = field(default_factory=list)
    tables: list[str] = field(default_factory=list)


def spark_models(manifest: Manifest) -> list[str]:
    """The ids of all models with the tag."""
    return sorted(i for i, node in models_and_seeds(manifest).items() if TAG in node["tags"])


def plan_stages(manifest: Manifest, wanted: Collection[str]) -> list[Stage]:
    """The stages that build the nodes with the ids `wanted` and all that they read.

    Raises:
        KeyError: a wanted node is neither model nor seed.
    """
    nodes = models_and_seeds(manifest)
    needed = with_ancestors(manifest, wanted)
    order = TopologicalSorter({i: set(_parents(nodes, i)) for i in needed}).static_order()
    numbers: dict[str, int] = {}
    for node_id in order:
        if is_shared_view(nodes[node_id]):
            continue
        engine = _engine(nodes[node_id])
        numbers[node_id] = max(
            (
                numbers[parent] + (_engine(nodes[parent]) != engine)
                for parent in _tables_read(nodes, node_id)
            ),
            default=int(engine == TAG),
        )
    last = max(numbers.values(), default=0)
    return [_stage(nodes, numbers, number) for number in range(last + 1)]


def is_shared_view(node: Mapping[str, Any]) -> bool:
    """A view with the tag has no rows of its own: each engine makes it over its own tables."""
    return TAG in node["tags"] and node["config"]["materialized"] == "view"


def _stage(nodes: Mapping[str, Any], numbers: Mapping[str, int], number: int) -> Stage:
    engine = "duckdb" if number % 2 == 0 else TAG
    built = sorted(i for i, at in numbers.items() if at == number)
    views = {v for i in built for v in _views_read(nodes, i)}
    read = {
        parent
        for i in built
        for parent in _tables_read(nodes, i)
        if _engine(nodes[parent]) != engine
    }
    return Stage(
        engine,
        models=sorted(nodes[i]["name"] for i in [*built, *views]),
        reads=sorted(relation(nodes[i]) for i in read),
        tables=sorted(relation(nodes[i]) for i in built),
    )


def relation(node: Mapping[str, Any]) -> str:
    """`<schema>.<name>` of a node's table, on both engines."""
    return f"{node['schema']}.{node['alias']}"


def models_and_seeds(manifest: Manifest) -> dict[str, Any]:
    """The nodes of the manifest that are tables or views, by id."""
    return {
        i: node
        for i, node in manifest["nodes"].items()
        if node["resource_type"] in ("model", "seed")
    }


def _engine(node: Mapping[str, Any]) -> str:
    return TAG if TAG in node["tags"] else "duckdb"


def _parents(nodes: Mapping[str, Any], node_id: str) -> list[str]:
    found = nodes[node_id]["depends_on"].get("nodes", [])
    return [parent for parent in found if parent in nodes]


def with_ancestors(manifest: Manifest, wanted: Collection[str]) -> set[str]:
    """The ids of the nodes `wanted` and of all models and seeds that they read."""
    nodes = models_and_seeds(manifest)
    found: set[str] = set()
    waiting = list(wanted)
    while waiting:
        node_id = waiting.pop()
        if node_id not in found:
            found.add(node_id)
            waiting.extend(_parents(nodes, node_id))
    return found


def _tables_read(nodes: Mapping[str, Any], node_id: str) -> Iterator[str]:
    """What a node reads, with shared views replaced by what they read."""
    for parent in _parents(nodes, node_id):
        if is_shared_view(nodes[parent]):
            yield from _tables_read(nodes, parent)
        else:
            yield parent


def _views_read(nodes: Mapping[str, Any], node_id: str) -> Iterator[str]:
    for parent in _parents(nodes, node_id):
        if is_shared_view(nodes[parent]):
            yield parent
            yield from _views_read(nodes, parent)
