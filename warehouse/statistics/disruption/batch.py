"""Scenarios of many items, from Arrow tables to one Arrow table of results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

import pyarrow as pa

from warehouse.statistics.disruption.result_rows import (
    SCHEMA,
    TEXT_COLUMNS,
    Item,
    Row,
    missing_row,
    rows_of,
)
from warehouse.statistics.disruption.scenario import BLOC, ItemSupply, Scenario
from warehouse.statistics.disruption.world import POLICIES

Band = tuple[float, float, float]

#: `capacity_basis`: idle capacity and exports of the base year, or what projects add as well.
BASE_YEAR, WITH_PROJECTS = "base_year", "base_year_and_projects"


def run_scenarios(
    scenarios: pa.Table, stops: pa.Table, flows: pa.Table, capacities: pa.Table, projects: pa.Table
) -> pa.Table:
    """Answer every scenario for every item that it names.

    Args:
        scenarios: one row per scenario and item: scenario_id, the attributes of `Scenario`,
            item_kind, item_id, stage_id, missing_reason (why nothing can be computed, or NULL).
        stops: one row per scenario and supplier: scenario_id, supplier_id, lost_share.
        flows: `supply_flow`; rows with a missing_reason count as unknown.
        capacities: `supply_capacity`.
        projects: `project_capacity`.
    Returns:
        `SCHEMA`; quantities over the horizon in the item's unit. A scenario without an
        answer has one row with the reason, and so has a partner.
    Raises:
        InvalidWorldError: a quantity is negative.
    Source: spec/methods.md M14.
    """
    lost: dict[str, dict[str, float]] = defaultdict(dict)
    for row in stops.to_pylist():
        lost[row["scenario_id"]][row["supplier_id"]] = row["lost_share"]
    supplies, unknown = read_supplies(flows, capacities, projects)
    found: list[Row] = []
    for row in scenarios.to_pylist():
        scenario = _scenario(row, lost[row["scenario_id"]])
        item = row["item_kind"], row["item_id"], row["stage_id"]
        found += answer_item(scenario, item, supplies, unknown, row["missing_reason"])
    return pa.Table.from_pylist(found, schema=SCHEMA)


def answer_item(
    scenario: Scenario,
    item: Item,
    supplies: Mapping[Item, ItemSupply],
    unknown: Mapping[Item, Mapping[str, str]],
    reason: str | None = None,
) -> list[Row]:
    """The rows of `SCHEMA` of one scenario and item, or one row per policy with the reason.

    Args:
        supplies, unknown: the results of `read_supplies`.
        reason: why nothing can be computed, if that is known beforehand.
    """
    reason = reason or missing_of(scenario, item, supplies)
    basis = capacity_basis_of(scenario, item, supplies)
    if reason:
        return [missing_row(scenario, item, policy, BLOC, reason) | basis for policy in POLICIES]
    found = [row | basis for row in rows_of(scenario, supplies[item], unknown.get(item, {}))]
    return sorted(found, key=lambda row: [str(row.get(name)) for name in TEXT_COLUMNS[:9]])


def missing_of(scenario: Scenario, item: Item, supplies: Mapping[Item, ItemSupply]) -> str | None:
    """Why a scenario has no answer for an item, or None."""
    if not scenario.lost_share:
        return "no supplier stops"
    supply = supplies.get(item)
    if supply is None:
        return f"no partner's imports of {item[1]} ({item[2]}) are measured"
    if not any(scenario.lost_share.get(link[0]) for link in supply.flows):
        names = ", ".join(sorted(scenario.lost_share))
        return f"no measured delivery of {item[1]} ({item[2]}) comes from {names}"
    return None


def capacity_basis_of(scenario: Scenario, item: Item, supplies: Mapping[Item, ItemSupply]) -> Row:
    """Which capacities a scenario uses of an item, and which projects have no number, by name."""
    year, supply = scenario.capacity_year, supplies.get(item)
    row: Row = {"capacity_year": year, "capacity_basis": BASE_YEAR, "capacity_reason": None}
    if year is None or supply is None:
        return row
    if supply.projects_by(year):
        row["capacity_basis"] = WITH_PROJECTS
        return row | {"capacity_reason": supply.projects_missing.get(year)}
    name = f"{item[1]} ({item[2]})"
    none = f"no project of {name} adds a known capacity by {year}"
    without = supply.projects_missing.get(year)
    return row | {"capacity_reason": f"{none}: {without}" if without else none}


def read_supplies(
    flows: pa.Table, capacities: pa.Table, projects: pa.Table | None = None
) -> tuple[dict[Item, ItemSupply], dict[Item, dict[str, str]]]:
    """The supply of every item, and per item the partners without a number with their reason."""
    links: dict[Item, dict[tuple[str, str], tuple[float, float, float]]] = defaultdict(dict)
    barred: dict[Item, set[tuple[str, str]]] = defaultdict(set)
    unknown: dict[Item, dict[str, str]] = defaultdict(dict)
    measured: dict[Item, dict[str, tuple[float, float]]] = defaultdict(dict)
    for row in flows.to_pylist():
        item = row["item_kind"], row["item_id"], row["stage_id"]
        if row["missing_reason"]:
            unknown[item].setdefault(row["importer_id"], row["missing_reason"])
            continue
        link = row["supplier_id"], row["importer_id"]
        if row["base_quantity"] is not None:
            links[item][link] = _three(row, "base")
            sofar = measured[item].get(row["importer_id"], (0.0, 1.0))[0]
            measured[item][row["importer_id"]] = sofar + links[item][link][0], row["coverage_share"]
    third: dict[Item, dict[str, tuple[float, float, float]]] = defaultdict(dict)
    spare: dict[Item, dict[str, tuple[float, float, float]]] = defaultdict(dict)
    stock: dict[Item, dict[str, tuple[float, float, float]]] = defaultdict(dict)
    for row in capacities.to_pylist():
        item = row["item_kind"], row["item_id"], row["stage_id"]
        name = row["country_id"]
        if row["barred_importer_ids"]:
            importers = row["barred_importer_ids"].split("|")
            partners = {link[1] for link in links[item]}
            # no ban on exports keeps a country from using its own
            barred[item] |= {
                (name, one) for one in partners if one != name and {"ALL", one} & {*importers}
            }
        for values, part in ((third, "third_exports"), (spare, "spare"), (stock, "stock")):
            if row[f"{part}_quantity"] is not None:
                values[item][name] = _three(row, part)
    added, missing = _read_projects(projects)
    supplies = {
        item: ItemSupply(item, links[item], third[item], spare[item], stock[item],
                         frozenset(barred[item]), _unmeasured(measured[item]),
                         added.get(item, {}), missing.get(item, {}))
        for item in links
    }  # fmt: skip
    return supplies, unknown


def _read_projects(
    projects: pa.Table | None,
) -> tuple[dict[Item, dict[int, dict[str, Band]]], dict[Item, dict[int, str]]]:
    """Per item and year what projects add in each country, and those without a number."""
    added: dict[Item, dict[int, dict[str, Band]]] = {}
    missing: dict[Item, dict[int, list[str]]] = {}
    for row in projects.to_pylist() if projects is not None else ():
        item, year = (row["item_kind"], row["item_id"], row["stage_id"]), row["year"]
        # a plant that starts later adds nothing yet
        if row["added_quantity"] is not None and row["added_high_quantity"] > 0:
            of_year = added.setdefault(item, {}).setdefault(year, {})
            of_year[row["country_id"]] = _three(row, "added")
        if row["missing_reason"]:
            missing.setdefault(item, {}).setdefault(year, []).append(row["missing_reason"])
    texts = {
        item: {year: "; ".join(sorted(reasons)) for year, reasons in years.items()}
        for item, years in missing.items()
    }
    return added, texts


def _unmeasured(measured: Mapping[str, tuple[float, float]]) -> dict[str, float]:
    """What each partner imports beyond the measured codes and suppliers, by their coverage."""
    return {
        name: quantity * (1 / coverage - 1)
        for name, (quantity, coverage) in measured.items()
        if coverage < 1
    }


def _three(row: Row, part: str) -> tuple[float, float, float]:
    point = row[f"{part}_quantity"]
    low, high = row[f"{part}_low_quantity"], row[f"{part}_high_quantity"]
    return point, point if low is None else low, point if high is None else high


def _scenario(row: Row, lost: Mapping[str, float]) -> Scenario:
    names = ("scenario_id", "horizon_months", "stop_scope", "third_floor_share",
             "sharing_limit_share", "ramp_months", "stock_release_share",
             "capacity_year")  # fmt: skip
    return Scenario(lost_share=lost, **{name: row[name] for name in names})
