"""Rules for every dbt model, read from the manifest: layers, contracts, groups, exposures."""

from __future__ import annotations

import os
import re
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from tests.fixture_world.dbt import manifest, run_dbt
from warehouse.paths import DBT_PROJECT, PROJECT, DataPaths
from warehouse.release.dbt_manifest import Relationship, list_relationships
from warehouse.release.er_diagram import er_diagram

# the first test waits for a parse
pytestmark = [pytest.mark.xdist_group("dbt_manifest"), pytest.mark.timeout(600)]

Node = dict[str, Any]
MAX_LINES = {
    "staging": 60, "intermediate": 120, "marts": 150, "analysis": 100, "table_functions": 150,
}  # fmt: skip
REPORT_QUERIES = DBT_PROJECT.parent / "warehouse" / "report" / "queries"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Node:
    paths = DataPaths.at(tmp_path_factory.mktemp("parsed"))
    done = run_dbt(paths, "parse", "--no-partial-parse")
    assert done.returncode == 0, done.stdout
    return manifest(paths)


def models(project: Node, layer: str | None = None) -> Iterator[Node]:
    """The project's models, of one layer (first folder) or of all."""
    for node in project["nodes"].values():
        if node["resource_type"] == "model" and layer in (None, node["fqn"][1]):
            yield node


def layer_of(unique_id: str, project: Node) -> str:
    """The first folder of a model; `source` and `seed` for what is none."""
    kind = unique_id.split(".")[0]
    return str(project["nodes"][unique_id]["fqn"][1]) if kind == "model" else kind


def parents(node: Node) -> list[str]:
    return list(node["depends_on"]["nodes"])


def offenders(project: Node, layer: str, allowed: set[str]) -> list[str]:
    return [
        f"{node['name']} reads {parent}"
        for node in models(project, layer)
        for parent in parents(node)
        if layer_of(parent, project) not in allowed
    ]


def test_there_are_models_in_every_layer(project: Node) -> None:
    for layer in ("staging", "intermediate", "marts"):
        assert list(models(project, layer)), f"no model in {layer}"


def test_a_mart_has_its_contract_enforced(project: Node) -> None:
    loose = [n["name"] for n in models(project, "marts") if not n["config"]["contract"]["enforced"]]
    assert loose == []


def test_a_mart_belongs_to_a_group_with_an_owner(project: Node) -> None:
    owners = {group["name"]: group["owner"]["name"] for group in project["groups"].values()}
    assert [n["name"] for n in models(project, "marts") if not owners.get(n["group"])] == []
    assert set(owners) == {n["group"] for n in models(project, "marts")}


def test_exposures_name_what_they_read(project: Node) -> None:
    """The report reads the marts of its queries, a release has every mart."""
    marts = {n["name"] for n in models(project, "marts")}
    read = {
        exposure["name"]: {parent.split(".")[-1] for parent in parents(exposure)}
        for exposure in project["exposures"].values()
    }
    queries = " ".join(path.read_text() for path in REPORT_QUERIES.glob("*.sql"))
    views = {n["name"] for n in models(project, "analysis")}
    in_queries = set(re.findall(r"\b(?:marts|analysis)\.(\w+)", queries)) & (marts | views)
    assert in_queries
    assert read == {"report": in_queries, "release": marts}


def test_example_queries_are_described(project: Node) -> None:
    queries = [n for n in project["nodes"].values() if n["resource_type"] == "analysis"]
    assert queries
    assert [node["name"] for node in queries if not node["description"]] == []


def test_staging_reads_its_own_source_only(project: Node) -> None:
    assert offenders(project, "staging", {"source", "seed"}) == []
    wrong = [
        f"{node['name']} reads {parent}"
        for node in models(project, "staging")
        for parent in parents(node)
        if parent.startswith("source.") and parent.split(".")[2] not in (node["fqn"][2], "run")
    ]
    assert wrong == []


def test_intermediate_reads_no_topic_mart_but_supply(project: Node) -> None:
    """From the marts only the core and supply for what is built upon them, the headlines for what
    compares their years, and the tests of dependency for what compares methods lead back into
    intermediate; from landing only the run."""
    compared = {"change": ("dependency", "policy"), "methods": ("dependency",)}
    allowed = {"staging", "intermediate", "marts", "seed", "source"}
    assert offenders(project, "intermediate", allowed) == []
    wrong = [
        f"{node['name']} reads {parent}"
        for node in models(project, "intermediate")
        for parent in parents(node)
        if (parent.startswith("source.") and parent.split(".")[2] != "run")
        or (
            layer_of(parent, project) == "marts"
            and project["nodes"][parent]["fqn"][2]
            not in ("core", "supply", *compared.get(node["fqn"][2], ()))
        )
    ]
    assert wrong == []


def test_marts_never_read_staging_or_landing(project: Node) -> None:
    """A core fact of a single source, with nothing to conform, may be built on its staging."""
    wrong = [
        f"{node['name']} reads {parent}"
        for node in models(project, "marts")
        for parent in parents(node)
        if layer_of(parent, project) not in ("intermediate", "marts")
        and not (node["fqn"][2] == "core" and layer_of(parent, project) == "staging")
    ]
    wrong += [
        node["name"]
        for node in models(project, "marts")
        if sum(layer_of(parent, project) == "staging" for parent in parents(node)) > 1
    ]
    assert wrong == []


def test_views_for_analysts_read_marts_and_each_other(project: Node) -> None:
    """The release can take them over: nothing else is in it; and every column has a comment."""
    assert offenders(project, "analysis", {"marts", "analysis"}) == []
    bare = [
        f"{node['name']}.{name}"
        for node in models(project, "analysis")
        for name, column in node["columns"].items()
        if not column["description"]
    ]
    assert bare == []
    assert len(list(models(project, "analysis"))) >= 8


def test_the_diagram_of_the_marts_is_that_of_the_tests(project: Node) -> None:
    """`PAX_SNAPSHOT=write` writes the diagram in docs/er_diagram.md again."""
    page = PROJECT / "docs" / "er_diagram.md"
    before, _, after = page.read_text(encoding="utf-8").partition("```mermaid\n")
    drawn, _, rest = after.partition("```")
    if os.environ.get("PAX_SNAPSHOT") == "write":
        page.write_text(f"{before}```mermaid\n{er_diagram(project)}```{rest}", encoding="utf-8")
        return
    found = list_relationships(project["nodes"])
    assert (
        Relationship("production_share", "country_id", "dim_country", "country_id", True) in found
    )
    # tested for minerals alone
    of_minerals = Relationship(
        "bridge_node_material", "material_id", "dim_material", "material_id", False
    )
    assert of_minerals in found
    assert drawn == er_diagram(project)


def test_a_fact_has_its_knowledge_time(project: Node) -> None:
    """`known_from_date`; and `known_to_date` never comes without it."""
    wrong = [
        node["name"]
        for node in models(project, "marts")
        if "known_from_date" not in node["columns"]
        and (node["name"].startswith("fct_") or "known_to_date" in node["columns"])
    ]
    assert wrong == []


def test_long_models_give_a_warning(project: Node) -> None:
    for node in models(project):
        lines = len((DBT_PROJECT / node["original_file_path"]).read_text().splitlines())
        if lines > MAX_LINES[node["fqn"][1]]:
            warnings.warn(f"{node['name']} has {lines} lines", stacklevel=1)
