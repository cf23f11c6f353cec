"""What the house wants of every dbt model, read from the manifest: grain, words, keys, layers."""

from __future__ import annotations

import csv
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import catalog
from tests.fixture_world.dbt import manifest, run_dbt
from warehouse.paths import DBT_PROJECT, DataPaths

# the first test waits for a parse
pytestmark = [pytest.mark.xdist_group("dbt_manifest"), pytest.mark.timeout(600)]

Node = dict[str, Any]
NAMES = {
    "staging": re.compile(r"stg_[a-z_]+__[a-z0-9_]+"),
    "intermediate": re.compile(r"int_[a-z_]+__[a-z0-9_]+"),
    "core": re.compile(r"(dim|fct|bridge)_[a-z0-9_]+"),
    "marts": re.compile(r"(?!mart_|dim_|fct_|bridge_|stg_|int_)[a-z0-9_]+"),
}
LONGEST = {"staging": 60, "intermediate": 120, "marts": 150}


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


def test_a_mart_says_its_grain_first(project: Node) -> None:
    silent = [
        node["name"]
        for node in models(project, "marts")
        if not node["description"].startswith("One row per ")
    ]
    assert silent == []


def test_a_mart_describes_and_types_every_column(project: Node) -> None:
    bare = [
        f"{node['name']}.{column['name']}"
        for node in models(project, "marts")
        for column in node["columns"].values()
        if not column["description"].strip() or not column["data_type"]
    ]
    assert bare == []
    assert [node["name"] for node in models(project, "marts") if not node["columns"]] == []


def test_a_mart_has_its_contract_enforced(project: Node) -> None:
    loose = [n["name"] for n in models(project, "marts") if not n["config"]["contract"]["enforced"]]
    assert loose == []


def test_a_mart_has_its_key_tested(project: Node) -> None:
    keyed = {
        node["attached_node"]
        for node in project["nodes"].values()
        if (test := node.get("test_metadata"))
        and (test["name"] in ("unique_key", "unique") or test["kwargs"].get("key"))
    }
    keyless = [n["name"] for n in models(project, "marts") if n["unique_id"] not in keyed]
    assert keyless == []


def test_rules_of_single_rows_are_asked_together(project: Node) -> None:
    """One scan per model: what fails (rather than warns) is a rule of `holds`, or a constraint."""
    tests = [node for node in project["nodes"].values() if node.get("test_metadata")]
    alone = [
        node["name"]
        for node in tests
        if node["test_metadata"]["name"] in ("not_null", "accepted_values", "expression_is_true")
        and not node["config"]["where"]
        and node["config"]["severity"].lower() != "warn"
    ]
    assert alone == []
    held = [node["attached_node"] for node in tests if node["test_metadata"]["name"] == "holds"]
    assert held
    assert sorted(held) == sorted(set(held))


def test_a_mart_has_a_unit_test(project: Node) -> None:
    tested = {
        parent for unit in project["unit_tests"].values() for parent in unit["depends_on"]["nodes"]
    }
    untested = [n["name"] for n in models(project, "marts") if n["unique_id"] not in tested]
    assert untested == []


def test_a_mart_names_its_owner_and_lives_beside_its_yaml(project: Node) -> None:
    for node in models(project, "marts"):
        assert node["config"]["meta"].get("owner"), f"{node['name']} has no owner"
        yml = Path(node["patch_path"].split("://")[1])
        assert yml.with_suffix(".sql") == Path(node["original_file_path"])


def test_staging_reads_its_own_source_only(project: Node) -> None:
    assert offenders(project, "staging", {"source", "seed"}) == []
    strangers = [
        f"{node['name']} reads {parent}"
        for node in models(project, "staging")
        for parent in parents(node)
        if parent.startswith("source.") and parent.split(".")[2] not in (node["fqn"][2], "run")
    ]
    assert strangers == []


def test_intermediate_reads_no_product_but_supply(project: Node) -> None:
    """From the marts only the core, and supply for what is built upon it, lead back into
    intermediate; from landing only the run."""
    allowed = {"staging", "intermediate", "marts", "seed", "source"}
    assert offenders(project, "intermediate", allowed) == []
    strays = [
        f"{node['name']} reads {parent}"
        for node in models(project, "intermediate")
        for parent in parents(node)
        if (parent.startswith("source.") and parent.split(".")[2] != "run")
        or (
            layer_of(parent, project) == "marts"
            and project["nodes"][parent]["fqn"][2] not in ("core", "supply")
        )
    ]
    assert strays == []


def test_marts_never_read_staging_or_landing(project: Node) -> None:
    """A core fact of a single source, with nothing to conform, may stand on its staging."""
    strays = [
        f"{node['name']} reads {parent}"
        for node in models(project, "marts")
        for parent in parents(node)
        if layer_of(parent, project) not in ("intermediate", "marts")
        and not (node["fqn"][2] == "core" and layer_of(parent, project) == "staging")
    ]
    assert strays == []
    mixed = [
        node["name"]
        for node in models(project, "marts")
        if sum(layer_of(parent, project) == "staging" for parent in parents(node)) > 1
    ]
    assert mixed == []


def test_names_tell_the_layer_and_the_folder(project: Node) -> None:
    wrong = []
    for node in models(project):
        layer, folder = node["fqn"][1], node["fqn"][2]
        pattern = NAMES["core" if folder == "core" else layer]
        fits = pattern.fullmatch(node["name"])
        told = layer == "marts" or node["name"].split("_", 1)[1].startswith(f"{folder}__")
        if not (fits and told):
            wrong.append(f"{layer}/{folder}/{node['name']}")
    assert wrong == []


def test_mart_columns_say_their_kind(project: Node) -> None:
    """No percent, no bare `value`, dates end in `_date`, truths begin with a verb."""
    odd = [
        f"{node['name']}.{column['name']} {column['data_type']}"
        for node in models(project, "marts")
        for column in node["columns"].values()
        if column["name"].endswith(("_pct", "_percent"))
        or (
            str(column["data_type"]).lower() == "date"
            and not re.search(r"(_date|valid_from|valid_to)$", column["name"])
        )
    ]
    assert odd == []


def test_a_fact_says_since_when_it_is_known(project: Node) -> None:
    """The second clock; and `known_to_date` never stands without it."""
    timeless = [
        node["name"]
        for node in models(project, "marts")
        if "known_from_date" not in node["columns"]
        and (node["name"].startswith("fct_") or "known_to_date" in node["columns"])
    ]
    assert timeless == []


def test_long_models_are_asked_whether_they_hold_two_thoughts(project: Node) -> None:
    for node in models(project):
        lines = len((DBT_PROJECT / node["original_file_path"]).read_text().splitlines())
        if lines > LONGEST[node["fqn"][1]]:
            warnings.warn(f"{node['name']} has {lines} lines", stacklevel=1)


def test_rhythms_of_sources_are_those_of_their_yaml() -> None:
    """The seed repeats `cadence.stale_after_days`, because dbt cannot read `source.yml`."""
    with (DBT_PROJECT / "seeds" / "reference" / "source_rhythms.csv").open() as seed:
        told = {row["source_id"]: int(row["stale_after_days"]) for row in csv.DictReader(seed)}
    assert told == {name: spec.cadence.stale_after_days for name, spec in catalog().items()}
