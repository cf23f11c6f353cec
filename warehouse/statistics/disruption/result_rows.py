"""The rows of one scenario and item: partners, changed deliveries, and who covers whom."""

from __future__ import annotations

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

Row = dict[str, Any]
Item = tuple[str, str, str]

#: Where low and high lie farther apart a share has its band and no number (threshold band_limit).
MAX_BAND_SHARE = 0.75
VAGUE = "any share from low to high is possible: the band is wider than three quarters"

TEXT_COLUMNS = (
    "row_kind", "scenario_id", "policy", "item_kind", "item_id", "stage_id", "entity_id",
    "supplier_id", "covering_id", "covered_by", "limited_by", "solver_status", "missing_reason",
    "capacity_basis", "capacity_reason",
)  # fmt: skip
NUMBER_COLUMNS = (
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
    [(name, pa.string()) for name in TEXT_COLUMNS]
    + [("horizon_months", pa.int32()), ("n_programs", pa.int32()), ("capacity_year", pa.int32()),
       ("is_capacity_binding", pa.bool_()), ("is_barred_by_clause", pa.bool_())]
    + [(name, pa.float64()) for name in NUMBER_COLUMNS]
)  # fmt: skip


def rows_of(scenario: Scenario, supply: ItemSupply, unknown: Mapping[str, str]) -> list[Row]:
    """All rows of one scenario and item; `unknown` are the partners without a number."""
    answers = answer(scenario, supply)
    found: list[Row] = []
    alone = None
    for each in answers:
        if isinstance(each, Unsolved):
            solve = each.solve
            reason = f"HiGHS ended without an optimum at {solve.step}: {solve.status}"
            row = missing_row(scenario, supply.item, each.policy, BLOC, reason)
            found.append(row | {"solver_status": solve.status})
            continue
        alone = each.shortages.shortage if alone is None else alone
        found += _partner_rows(scenario, supply.item, each, alone)
        found += _flow_rows(scenario, supply, each)
        found += _cover_rows(scenario, supply.item, each)
        found += [
            missing_row(scenario, supply.item, each.policy, partner, reason)
            for partner, reason in sorted(unknown.items())
            if partner not in each.world.partners
        ]
    return found


def _head(scenario: Scenario, item: Item, policy: str, kind: str) -> Row:
    return {
        "row_kind": kind, "scenario_id": scenario.scenario_id, "policy": policy,
        "item_kind": item[0], "item_id": item[1], "stage_id": item[2],
        "horizon_months": scenario.horizon_months,
    }  # fmt: skip


def missing_row(scenario: Scenario, item: Item, policy: str, entity: str, reason: str) -> Row:
    """The row of a partner, or of the bloc, without a number: the reason in its place."""
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
        for name in NUMBER_COLUMNS
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
