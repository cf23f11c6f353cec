"""Scenarios of many items, from Arrow tables to one Arrow table of results."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.statistics.disruption.cover import attribute, covers
from warehouse.statistics.disruption.reallocation import reported_links
from warehouse.statistics.disruption.scenario import (
    BLOC,
    Answer,
    ItemSupply,
    Scenario,
    Unsolved,
    answer,
)
from warehouse.statistics.disruption.world import POLICIES

Row = dict[str, Any]
Item = tuple[str, str, str]
Band = tuple[float, float, float]

#: `capacity_basis`: idle capacity and exports of the base year, or what projects add as well.
BASE_YEAR, WITH_PROJECTS = "base_year", "base_year_and_projects"

#: Where low and high lie farther apart a share has its band and no number (threshold band_limit).
MAX_BAND_SHARE = 0.75
VAGUE = "any share from low to high is possible: the band is wider than three quarters"

_TEXTS = (
    "row_kind", "scenario_id", "policy", "item_kind", "item_id", "stage_id", "entity_id",
    "supplier_id", "covering_id", "covered_by", "limited_by", "solver_status", "missing_reason",
    "capacity_basis", "capacity_reason",
)  # fmt: skip
_NUMBERS = (
    "demand_quantity", "lost_quantity", "added_quantity", "given_quantity",
    "covered_by_partners_quantity", "covered_by_others_quantity", "stock_drawn_quantity",
    "shortage_quantity", "shortage_low_quantity", "shortage_high_quantity",
    "shortage_share", "shortage_share_low", "shortage_share_high", "covered_share",
    "shortage_avoided_ratio", "solver_residual",
    "base_quantity", "new_quantity", "new_low_quantity", "new_high_quantity",
    "capacity_quantity", "joint_cover_quantity", "max_cover_quantity",
)  # fmt: skip
#: One row per partner (`partner`), changed delivery (`flow`) or pair of countries (`cover`).
SCHEMA = pa.schema(
    [(name, pa.string()) for name in _TEXTS]
    + [("horizon_months", pa.int32()), ("n_programs", pa.int32()), ("capacity_year", pa.int32()),
       ("is_capacity_binding", pa.bool_()), ("is_barred_by_clause", pa.bool_())]
    + [(name, pa.float64()) for name in _NUMBERS]
)  # fmt: skip


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
        return [_missing(scenario, item, policy, BLOC, reason) | basis for policy in POLICIES]
    found = [row | basis for row in rows_of(scenario, supplies[item], unknown.get(item, {}))]
    return sorted(found, key=lambda row: [str(row.get(name)) for name in _TEXTS[:9]])


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


def rows_of(scenario: Scenario, supply: ItemSupply, unknown: Mapping[str, str]) -> list[Row]:
    """All rows of one scenario and item; `unknown` are the partners without a number."""
    answers = answer(scenario, supply)
    found: list[Row] = []
    alone = None
    for each in answers:
        if isinstance(each, Unsolved):
            solve = each.solve
            reason = f"HiGHS ended without an optimum at {solve.step}: {solve.status}"
            row = _missing(scenario, supply.item, each.policy, BLOC, reason)
            found.append(row | {"solver_status": solve.status})
            continue
        alone = each.shortages.shortage if alone is None else alone
        found += _partner_rows(scenario, supply.item, each, alone)
        found += _flow_rows(scenario, supply, each)
        found += _cover_rows(scenario, supply.item, each)
        found += [
            _missing(scenario, supply.item, each.policy, partner, reason)
            for partner, reason in sorted(unknown.items())
            if partner not in each.world.partners
        ]
    return found


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


def _head(scenario: Scenario, item: Item, policy: str, kind: str) -> Row:
    return {
        "row_kind": kind, "scenario_id": scenario.scenario_id, "policy": policy,
        "item_kind": item[0], "item_id": item[1], "stage_id": item[2],
        "horizon_months": scenario.horizon_months,
    }  # fmt: skip


def _missing(scenario: Scenario, item: Item, policy: str, entity: str, reason: str) -> Row:
    head = _head(scenario, item, policy, "partner")
    return head | {"entity_id": entity, "missing_reason": reason}


def _solver(each: Answer) -> Row:
    """Status and residual of all programs behind a row; none where nothing was optimised."""
    residuals = [solve.residual for solve in each.solves]
    return {
        "solver_status": "optimal" if each.solves else "not_needed",
        "solver_residual": max(residuals, default=0.0),
        "n_programs": len(each.solves),
    }


def _partner_rows(
    scenario: Scenario, item: Item, each: Answer, alone: np.ndarray[Any, Any]
) -> Iterable[Row]:
    world, plan = each.world, each.plan
    given = attribute(world, plan) if plan else {}
    drawn = plan.drawn if plan else np.zeros(len(world.partners))
    lost_of = (world.demand - world.delivered.sum(axis=0)).tolist()
    is_own = np.array(world.suppliers)[:, None] == np.array(world.partners)[None, :]
    own_added = (
        np.where(is_own, plan.added, 0.0).sum(axis=0)
        if plan
        else np.minimum(world.own_slack, lost_of)
    )
    found = []
    for column, name in enumerate(world.partners):
        by = {giver: part for (receiver, giver), part in given.items()
              if receiver == name and giver != name}  # fmt: skip
        short, lost = float(each.shortages.shortage[column]), lost_of[column]
        own = float(own_added[column])
        partners = sum(part for giver, part in by.items() if giver in world.partners)
        ranked = sorted(by.items(), key=lambda pair: (-pair[1], pair[0]))
        row = {
            "entity_id": name,
            "demand_quantity": float(world.demand[column]),
            "lost_quantity": lost,
            "added_quantity": own,
            # what it has less than these quantities say, others have
            "given_quantity": max(
                0.0, short - lost + own + sum(by.values()) + float(drawn[column])
            ),
            "covered_by_partners_quantity": partners,
            "covered_by_others_quantity": sum(by.values()) - partners,
            "stock_drawn_quantity": float(drawn[column]),
            "covered_by": "|".join(giver for giver, _ in ranked) or None,
            "shortage_quantity": short,
            "shortage_low_quantity": float(each.shortage_low[column]),
            "shortage_high_quantity": float(each.shortage_high[column]),
            "shortage_share_low": float(each.share_low[column]),
            "shortage_share_high": float(each.share_high[column]),
            "shortage_avoided_ratio": float(each.shortages.stock_worth[column]),
        }  # fmt: skip
        found.append(_shares(row, float(alone[column])))
    found.append(_bloc_row(found, float(alone.sum())))
    head = _head(scenario, item, each.policy, "partner") | _solver(each)
    return [head | _without_vague_numbers(row) for row in found]


def _without_vague_numbers(row: Row) -> Row:
    """The row with its range alone where that is wider than `MAX_BAND_SHARE`, as in all marts."""
    low, high = row["shortage_share_low"], row["shortage_share_high"]
    if low is None or high - low <= MAX_BAND_SHARE:
        return row
    kept = ("shortage_low_quantity", "shortage_high_quantity", "shortage_share_low",
            "shortage_share_high", "entity_id")  # fmt: skip
    return {name: row[name] for name in kept} | {"missing_reason": VAGUE}


def _shares(row: Row, alone: float) -> Row:
    demand, shortage = row["demand_quantity"], row["shortage_quantity"]
    return row | {
        "shortage_share": shortage / demand if demand > 0 else None,
        "covered_share": (alone - shortage) / alone if alone > 0 else None,
    }


def _bloc_row(rows: list[Row], alone: float) -> Row:
    """Sums over the partners; the ends of the range are sums of theirs, so they are wide."""
    summed = {
        name: sum(row[name] for row in rows)
        for name in _NUMBERS
        if name in rows[0] and name.endswith("_quantity")
    }
    demand = summed["demand_quantity"]
    ends = {
        f"shortage_share_{end}": sum(
            row[f"shortage_share_{end}"] * row["demand_quantity"] for row in rows
        ) / demand if demand > 0 else None
        for end in ("low", "high")
    }  # fmt: skip
    # what passes between partners is no gift of the partnership
    return _shares({"entity_id": BLOC} | summed | ends, alone)


def _flow_rows(scenario: Scenario, supply: ItemSupply, each: Answer) -> Iterable[Row]:
    """Deliveries that stop, in part or whole, or that the plan changes."""
    world, plan = each.world, each.plan
    if plan is None:
        return []
    changed = reported_links(plan) | (world.delivered < world.base)
    new = world.delivered + plan.added - plan.cut
    low = world.delivered + plan.added_low - plan.cut_high
    high = world.delivered + plan.added_high - plan.cut_low
    capacity = world.delivered.sum(axis=1) + world.slack
    used = new.sum(axis=1)
    head = _head(scenario, supply.item, each.policy, "flow") | _solver(each)
    return [
        head
        | {
            "supplier_id": world.suppliers[row], "entity_id": world.partners[column],
            "base_quantity": float(world.base[row, column]),
            "new_quantity": max(0.0, float(new[row, column])),
            "new_low_quantity": max(0.0, float(low[row, column])),
            "new_high_quantity": max(0.0, float(high[row, column])),
            "capacity_quantity": float(capacity[row]),
            "is_capacity_binding": bool(used[row] >= capacity[row] * (1 - 1e-6)),
            "is_barred_by_clause": bool(world.is_barred[row, column]),
            "shortage_avoided_ratio": float(each.shortages.supplier_worth[row]),
        }
        for row, column in zip(*np.nonzero(changed), strict=True)
    ]  # fmt: skip


def _cover_rows(scenario: Scenario, item: Item, each: Answer) -> Iterable[Row]:
    if each.plan is None:
        return []
    head = _head(scenario, item, each.policy, "cover") | _solver(each)
    alone = dict(zip(each.world.partners, each.world.shortage_alone, strict=True))
    found = covers(each.world, each.plan, uses_stock=each.policy == "sharing_plus_stock")
    return [
        head
        | {
            "entity_id": cover.short_member, "covering_id": cover.covering,
            "shortage_quantity": float(alone[cover.short_member]),
            "joint_cover_quantity": cover.joint,
            "max_cover_quantity": None if np.isnan(cover.alone) else cover.alone,
            "covered_share": cover.joint / float(alone[cover.short_member]),
            "limited_by": cover.limited_by,
        }
        for cover in found
        if cover.joint > 0 or (not np.isnan(cover.alone) and cover.alone > 0)
    ]  # fmt: skip
