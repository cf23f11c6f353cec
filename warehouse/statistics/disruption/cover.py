"""Who covers whose shortage: the additions of a plan, by the country that gives them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.disruption.reallocation import MIN_CHANGE_SHARE, Reallocation
from warehouse.statistics.disruption.world import World


@dataclass(frozen=True)
class Cover:
    """What one country gives to one partner that is short when alone.

    Attributes:
        joint: in the joint plan.
        alone: at most, if this country helped this partner and nobody else, directly or by exchange
            with others; of countries outside the partners it is not asked (NaN).
        limited_by: shortage, capacity, own_need or clause: what keeps `alone` from being more.
    """

    short_member: str
    covering: str
    joint: float
    alone: float
    limited_by: str


def attribute(world: World, plan: Reallocation) -> dict[tuple[str, str], float]:
    """Additions by (receiver, giver), net: nobody gives and gets at once.

    A supplier passes on what it adds itself and what others leave to it; every receiver gets both
    in the same proportion. Deliveries that a partner leaves to others are given by that partner,
    and where something replaces them, by whoever replaces them.
    """
    names = sorted({*world.suppliers, *world.partners})
    place = {name: number for number, name in enumerate(names)}
    partners = [place[name] for name in world.partners]
    given = np.zeros((len(names), len(names)))
    for row, supplier in enumerate(world.suppliers):
        added, cut = plan.added[row].copy(), plan.cut[row]
        own = max(0.0, float(added.sum() - cut.sum()))
        if supplier in world.partners:
            # its own need comes first, out of its own reserves
            column = world.partners.index(supplier)
            kept = min(own, float(added[column]))
            given[place[supplier], place[supplier]] += kept
            added[column] -= kept
            own -= kept
        pool = max(float(added.sum()), float(cut.sum()))
        if pool > 0:
            parts = np.zeros(len(names))
            parts[partners] = cut / pool
            parts[place[supplier]] += own / pool
            given[partners] += added[:, None] * parts
    for between in partners:
        got, left = given[between].copy(), given[:, between].copy()
        got[between] = left[between] = 0.0
        passed = min(got.sum(), left.sum())
        if passed > 0:
            given[between] -= passed * got / got.sum()
            given[:, between] -= passed * left / left.sum()
            given += passed * np.outer(left / left.sum(), got / got.sum())
    least = MIN_CHANGE_SHARE * float(world.demand.mean())
    rows, columns = np.nonzero(given > least)
    return {
        (names[row], names[column]): float(given[row, column])
        for row, column in zip(rows, columns, strict=True)
    }


def covers(world: World, plan: Reallocation, *, uses_stock: bool) -> list[Cover]:
    """One row per partner that is short when alone, and country that covers it or could."""
    joint = attribute(world, plan)
    alone = world.shortage_alone
    place = {supplier: row for row, supplier in enumerate(world.suppliers)}
    delivered = world.delivered.sum(axis=0)
    # what a partner may leave to others and still have its own part
    stock = world.stock if uses_stock else 0 * world.stock
    left = world.shortage_limit + stock - (world.demand - delivered)
    spared = np.clip(left, 0.0, delivered)
    slack = world.slack
    found = []
    for column, short in enumerate(world.partners):
        if alone[column] <= 0:
            continue
        for other, member in enumerate(world.partners):
            if member == short:
                continue
            row = place.get(member)
            # what may not go directly may go by exchange, unless it is barred from everybody
            is_barred = row is not None and bool(np.delete(world.is_barred[row], other).all())
            own = 0.0 if row is None else float(slack[row])
            possible = own + float(spared[other])
            if is_barred:
                # it may use its own reserves at home and leave its deliveries to others
                possible = float(np.clip(left[other] + own, 0.0, delivered[other]))
            most = min(float(alone[column]), possible)
            reason = (
                "shortage" if possible >= alone[column]
                else "clause" if is_barred and row is not None and slack[row] > 0
                else "own_need" if alone[other] > 0
                else "capacity"
            )  # fmt: skip
            given = joint.get((short, member), 0.0)
            found.append(Cover(short, member, given, most, reason))
        found += [
            Cover(short, giver, quantity, float("nan"), "capacity")
            for (receiver, giver), quantity in sorted(joint.items())
            if receiver == short and giver not in world.partners
        ]
    return found
