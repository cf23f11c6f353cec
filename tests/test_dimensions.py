"""No model adds or compares two units, divides across bases or adds up stages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.dbt.unit_analysis import MATTER, offences, unit_of
from tests.fixture_world.dbt import manifest
from tests.fixture_world.worlds import Worlds

# the compiled queries are those of the five-country fixture data
pytestmark = [pytest.mark.xdist_group("world"), pytest.mark.timeout(900)]


@pytest.mark.parametrize(
    ("sql", "offence"),
    [
        ("select imports_usd + net_weight_kg as x from a", "US dollar beside kilogram"),
        ("select imports_t - net_weight_kg as x from a", "tonne beside kilogram"),
        ("select sum(value_usd) as imports_t from a", "US dollar is called tonne"),
        ("select case when is_new then imports_t else 0 end as net_weight_kg from a", "is called"),
        ("select imports_usd / nullif(net_weight_kg, 0) as import_share from a", None),
        ("select imports_t / nullif(supply_t, 0) as import_t from a", "1 is called tonne"),
        ("select net_weight_kg / 1000 as imports_t from a", None),
        ("select (a_share - b_share) * 100 as change_pp from a", None),
        ("select a.supply_t / b.imports_t as x from a join b on a.id = b.id", "not compared"),
        ("select a.quantity - b.quantity as x from a join b using (country_id)", "not compared"),
        (
            "select a.quantity / b.quantity as x from a join b on a.id = b.id "
            "where a.qty_basis = b.qty_basis",
            None,
        ),
        ("select a.quantity / b.quantity as x from a join b using (form_id)", None),
        ("select 1 from a where imports_usd > supply_t", "US dollar beside tonne"),
    ],
)
def test_unit_analysis_finds_offences(sql: str, offence: str | None) -> None:
    found = offences(sql)
    assert (found == []) if offence is None else any(offence in one for one in found)


@pytest.fixture(scope="module")
def models(worlds: Worlds) -> list[dict[str, Any]]:
    nodes = manifest(worlds.paths)["nodes"].values()
    return [node for node in nodes if node["resource_type"] == "model"]


def test_no_model_mixes_units_or_bases(models: list[dict[str, Any]], worlds: Worlds) -> None:
    found = {}
    for node in models:
        if not node["original_file_path"].endswith(".sql"):
            continue  # a Python model has no query
        path = worlds.paths.dbt_target / "compiled" / "pax_silica" / node["original_file_path"]
        if bad := offences(path.read_text()):
            found[node["name"]] = bad
    assert found == {}


def test_every_number_of_a_mart_has_a_registered_unit(models: list[dict[str, Any]]) -> None:
    unnamed = [
        f"{node['name']}.{column['name']}"
        for node in models
        if node["fqn"][1] == "marts"
        for column in node["columns"].values()
        if str(column["data_type"]).lower() == "double" and unit_of(column["name"]) is None
    ]
    assert unnamed == []


def test_a_column_that_names_a_unit_exists(models: list[dict[str, Any]]) -> None:
    """`as quantity_unit says` requires a column quantity_unit in the same mart."""
    missing = []
    for node in (node for node in models if node["fqn"][1] == "marts"):
        for name, column in node["columns"].items():
            words = (unit_of(name) or "").split()
            is_reference = words[:1] == ["as"] and str(column["data_type"]) == "double"
            if is_reference and not set(words[1:2]) <= node["columns"].keys():
                missing.append(f"{node['name']}.{name}: {words[1]}")
    assert missing == []


def test_an_amount_of_matter_states_its_basis(models: list[dict[str, Any]]) -> None:
    """By a column that its description names, by the mart's qty_basis, or as net weight."""
    unstated = []
    for node in (node for node in models if node["fqn"][1] == "marts"):
        bases = [name for name in node["columns"] if name.endswith(("basis", "basis_a", "basis_b"))]
        for name, column in node["columns"].items():
            if str(column["data_type"]) != "double" or not (unit_of(name) or "").startswith(MATTER):
                continue
            text = column["description"]
            is_stated = any(basis in text for basis in bases) or "weight" in text
            if not is_stated and "qty_basis" not in bases:
                unstated.append(f"{node['name']}.{name}")
    assert unstated == []


def test_an_amount_of_matter_states_its_stage(models: list[dict[str, Any]]) -> None:
    """Stages describe the same material: a row with an amount belongs to one, or to a form."""
    unstaged = [
        node["name"]
        for node in models
        if node["fqn"][1] == "marts"
        and any(
            str(column["data_type"]) == "double" and (unit_of(name) or "").startswith(MATTER)
            for name, column in node["columns"].items()
        )
        and "material_id" in node["columns"]
        and not any("stage" in name or name == "form_id" for name in node["columns"])
    ]
    assert unstaged == []
