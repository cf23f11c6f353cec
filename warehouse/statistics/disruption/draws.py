"""Shortages over random draws from the bands of deliveries and capacities."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np

from warehouse.statistics.disruption.scenario import (
    BLOC,
    CASES,
    ItemSupply,
    Scenario,
    build_world,
    shortages_of,
)
from warehouse.statistics.disruption.world import POLICIES, Floats

Band = tuple[float, float, float]
#: Reported quantiles.
QUANTILES = (0.05, 0.5, 0.95)


@dataclass(frozen=True)
class DrawnShortages:
    """Quantiles of one policy; arrays of shape (n_quantiles, n_entities).

    Attributes:
        entities: the partners and, last, all of them together.
        quantity: shortage in the unit of the item.
        share: shortage over demand (0 to 1).
    """

    policy: str
    entities: tuple[str, ...]
    quantity: Floats
    share: Floats


def draw_shortages(
    scenario: Scenario, supply: ItemSupply, *, n_draws: int, seed: int
) -> list[DrawnShortages]:
    """Quantiles of the shortages, one result per policy, the same for the same seed.

    Every number is triangular between its low and its high with the point as mode. One draw per
    supplier moves all its deliveries, as they share what is not known of its goods; capacities and
    stocks are independent. Imports that are not measured come from the stopping suppliers with a
    share that is uniform between nothing and all.

    Raises:
        NotSolvedError: HiGHS found no optimum in one of the draws.
    """
    rng = np.random.default_rng(seed)
    found: dict[str, list[tuple[Floats, Floats]]] = {policy: [] for policy in POLICIES}
    entities = (*build_world(scenario, supply, CASES[0]).partners, BLOC)
    for _ in range(n_draws):
        drawn = _draw(supply, rng, scenario.capacity_year)
        lost = float(rng.random())
        world = build_world(scenario, drawn, CASES[0])
        if supply.unmeasured:
            with_rest = replace(drawn, flows={**drawn.flows, **_rest(scenario, supply, lost)})
            world = build_world(scenario, with_rest, CASES[0])
        has_stock = bool(world.stock.any())
        for policy in POLICIES:
            if policy == POLICIES[2] and not has_stock:
                found[policy].append(found[POLICIES[1]][-1])
                continue
            short = shortages_of(world, policy).shortage
            short = np.append(short, short.sum())
            demand = np.append(world.demand, world.demand.sum())
            found[policy].append((short, short / np.where(demand > 0, demand, np.inf)))
    return [
        DrawnShortages(
            policy, entities,
            np.quantile([one[0] for one in found[policy]], QUANTILES, axis=0),
            np.quantile([one[1] for one in found[policy]], QUANTILES, axis=0),
        )
        for policy in POLICIES
    ]  # fmt: skip


def _rest(scenario: Scenario, supply: ItemSupply, lost: float) -> dict[tuple[str, str], Band]:
    """Imports that are not measured: a part stops, the rest comes from nobody known."""
    stopped = max(scenario.lost_share, key=lambda name: scenario.lost_share[name])
    rest: dict[tuple[str, str], Band] = {}
    for partner, quantity in supply.unmeasured.items():
        known = supply.flows.get((stopped, partner), (0.0, 0.0, 0.0))[0]
        part = known + lost * quantity
        rest[stopped, partner] = (part, part, part)
        other = (1 - lost) * quantity
        rest["UNMAPPED", partner] = (other, other, other)
    return rest


def _draw(supply: ItemSupply, rng: np.random.Generator, year: int | None) -> ItemSupply:
    """A supply whose points are drawn from the bands; of projects those of the year asked for."""
    suppliers = sorted({link[0] for link in supply.flows})
    level = dict(zip(suppliers, rng.random(len(suppliers)), strict=True))
    flows = {link: _at(band, level[link[0]]) for link, band in supply.flows.items()}

    def independent(values: Mapping[str, Band]) -> dict[str, Band]:
        return {name: _at(values[name], float(rng.random())) for name in sorted(values)}

    return replace(
        supply, flows=flows, third_exports=independent(supply.third_exports),
        spare=independent(supply.spare), stock=independent(supply.stock),
        projects={} if year is None else {year: independent(supply.projects_by(year))},
    )  # fmt: skip


def _at(band: Band, level: float) -> Band:
    """The quantile `level` of the triangular distribution of (point, low, high), as a band."""
    point, low, high = band
    if high <= low:
        return point, point, point
    mode = (point - low) / (high - low)
    if level <= mode:
        value = low + np.sqrt(level * (high - low) * (point - low))
    else:
        value = high - np.sqrt((1 - level) * (high - low) * (high - point))
    return float(value), float(value), float(value)
