"""One scenario of one item: its assumptions, its worlds for three cases, and the answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from warehouse.statistics.disruption.linear_program import NotSolvedError, Solve
from warehouse.statistics.disruption.reallocation import Reallocation, reallocate
from warehouse.statistics.disruption.shortages import Shortages, find_shortages
from warehouse.statistics.disruption.world import POLICIES, Floats, World

#: The expected case, and those with the smallest and the largest loss of supply.
CASES = ("point", "low", "high")
#: `entity_id` of all partners together.
BLOC = "BLOC:PAX_SILICA"
#: The supplier of imports of which no supplier is known.
UNMEASURED = "UNMAPPED"


@dataclass(frozen=True)
class Scenario:
    """Assumptions of one scenario.

    Attributes:
        scenario_id: identifier.
        lost_share: share of its deliveries that each supplier stops (0 to 1).
        horizon_months: how long it stops, and the time over which quantities are counted.
        stop_scope: `partners` (it still delivers elsewhere) or `everyone` (others compete for
            spare capacity in proportion to what they lose).
        third_floor_share: share of other suppliers' exports to third countries that stays there.
        sharing_limit_share: share of its own demand that a partner gives up at most for others.
        ramp_months: months until idle capacity runs fully, in equal steps.
        stock_release_share: share of its stock that a partner releases.
        capacity_year: year by which projects are expected to have come; None for the capacities
            of the base year alone.
    """

    scenario_id: str
    lost_share: Mapping[str, float]
    horizon_months: int
    stop_scope: str = "partners"
    third_floor_share: float = 0.9
    sharing_limit_share: float = 0.1
    ramp_months: int = 12
    stock_release_share: float = 0.5
    capacity_year: int | None = None

    @property
    def ramp_share(self) -> float:
        """Mean share of idle capacity that runs over the horizon (0 to 1), rising in a line."""
        months, ramp = self.horizon_months, self.ramp_months
        if ramp <= 0:
            return 1.0
        return months / (2 * ramp) if months <= ramp else 1 - ramp / (2 * months)


@dataclass(frozen=True)
class ItemSupply:
    """Yearly supply of one item in one unit, each number as (point, low, high).

    Attributes:
        item: item_kind, item_id, stage_id.
        flows: what a supplier delivers to a partner in a year.
        third_exports: what a supplier delivers to third countries in a year.
        spare: idle capacity of a supplier, per year.
        stock: stock of a partner.
        barred: supplier and partner between which a clause bars more than now.
        unmeasured: imports of a partner per year of which no supplier is known.
        projects: per year what projects add by then to what a supplier delivers in a year.
        projects_missing: per year the projects without a number, with their reasons.
    """

    item: tuple[str, str, str]
    flows: Mapping[tuple[str, str], tuple[float, float, float]]
    third_exports: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    spare: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    stock: Mapping[str, tuple[float, float, float]] = field(default_factory=dict)
    barred: frozenset[tuple[str, str]] = frozenset()
    unmeasured: Mapping[str, float] = field(default_factory=dict)
    projects: Mapping[int, Mapping[str, tuple[float, float, float]]] = field(default_factory=dict)
    projects_missing: Mapping[int, str] = field(default_factory=dict)

    def projects_by(self, year: int | None) -> Mapping[str, tuple[float, float, float]]:
        """What projects add by a year; nothing without a year."""
        return {} if year is None else self.projects.get(year, {})


@dataclass(frozen=True)
class Answer:
    """What one policy gives in the point case, with the range over all cases.

    Attributes:
        shortages, plan: of the point case; no plan where nothing is re-allocated.
        shortage_low, shortage_high: smallest and largest of the cases, shape (n_partners,).
        share_low, share_high: the same of shortage over demand (0 to 1).
        solves: every solved program of all cases.
    """

    policy: str
    world: World
    shortages: Shortages
    plan: Reallocation | None
    shortage_low: Floats
    shortage_high: Floats
    share_low: Floats
    share_high: Floats
    solves: tuple[Solve, ...]


@dataclass(frozen=True)
class Unsolved:
    """A policy without an answer: the program that failed."""

    policy: str
    world: World
    solve: Solve


def build_world(scenario: Scenario, supply: ItemSupply, case: str) -> World:
    """The world of one case, over the horizon.

    In case `low` suppliers that stop had their lowest deliveries, all others the highest, and
    capacity is at its highest; case `high` is the reverse. Imports of which no supplier is known
    are left out of the point case, come from others in case `low`, and stop in case `high`.

    Raises:
        InvalidWorldError: a number of `supply` is negative or unknown.
    """
    stopped = dict(scenario.lost_share)
    at_loss = CASES.index(case)
    at_help = {0: 0, 1: 2, 2: 1}[at_loss]
    flows = {
        link: quantity[at_loss if stopped.get(link[0], 0) > 0 else at_help]
        for link, quantity in supply.flows.items()
    }
    if case != "point":
        flows |= {(UNMEASURED, name): each for name, each in supply.unmeasured.items()}
        stopped = {**stopped, UNMEASURED: 1.0 if case == "high" else 0.0}
    projects = supply.projects_by(scenario.capacity_year)
    suppliers = tuple(
        sorted({*(link[0] for link in flows), *supply.spare, *supply.third_exports, *projects})
    )
    partners = tuple(sorted({link[1] for link in supply.flows}))
    years = scenario.horizon_months / 12
    base = np.zeros((len(suppliers), len(partners)))
    row = {name: place for place, name in enumerate(suppliers)}
    column = {name: place for place, name in enumerate(partners)}
    for (supplier, partner), quantity in flows.items():
        base[row[supplier], column[partner]] = quantity * years
    lost = np.array([stopped.get(name, 0.0) for name in suppliers])
    third = _of(suppliers, supply.third_exports, at_help) * years
    spare = _of(suppliers, supply.spare, at_help) * years * scenario.ramp_share
    # these plants run when the stop begins: their ramp is in the figure
    spare = spare + _of(suppliers, projects, at_help) * years
    if scenario.stop_scope == "everyone":
        # third countries lose as well and buy their part of what is idle elsewhere
        lost_here = float((base * lost[:, None]).sum())
        lost_there = float((_of(suppliers, supply.third_exports, at_loss) * years * lost).sum())
        spare *= lost_here / (lost_here + lost_there) if lost_here > 0 else 1.0
    barred = np.zeros(base.shape, dtype=bool)
    for supplier, partner in supply.barred:
        if supplier in row and partner in column:
            barred[row[supplier], column[partner]] = True
    stock = _of(partners, supply.stock, at_help) * scenario.stock_release_share
    return World(suppliers, partners, base, lost, third, spare, stock, barred,
                 scenario.third_floor_share, scenario.sharing_limit_share)  # fmt: skip


def _of(
    names: Sequence[str], values: Mapping[str, tuple[float, float, float]], which: int
) -> Floats:
    return np.array([values.get(name, (0.0, 0.0, 0.0))[which] for name in names])


def answer(scenario: Scenario, supply: ItemSupply) -> list[Answer | Unsolved]:
    """The answer under each policy, in the order of `POLICIES`.

    Raises:
        InvalidWorldError: a number of `supply` is negative or unknown.
    """
    worlds = [build_world(scenario, supply, case) for case in CASES]
    found = [_answer(policy, worlds) for policy in POLICIES[:2]]
    if any(world.stock.any() for world in worlds):
        return [*found, _answer(POLICIES[2], worlds)]
    # without a known stock, drawing it changes nothing
    return [*found, replace(found[1], policy=POLICIES[2])]


def shortages_of(world: World, policy: str) -> Shortages:
    """Shortages of one world under one policy.

    Raises:
        NotSolvedError: HiGHS found no optimum.
    """
    if policy != "no_sharing":
        return find_shortages(world, uses_stock=policy == "sharing_plus_stock")
    alone = world.shortage_alone
    short = alone > 0
    demand = np.where(world.demand > 0, world.demand, np.inf)
    worst = float((alone / demand).max(initial=0.0))
    # each for itself: a unit helps whoever is short, and only at home
    return Shortages(alone, np.zeros(len(world.suppliers)), short.astype(float), worst, ())


def _answer(policy: str, worlds: Sequence[World]) -> Answer | Unsolved:
    world = worlds[0]
    try:
        found = [shortages_of(each, policy) for each in worlds]
        plan = (
            None
            if policy == "no_sharing"
            else reallocate(world, found[0].shortage, uses_stock=policy == "sharing_plus_stock")
        )
    except NotSolvedError as error:
        return Unsolved(policy, world, error.solve)
    quantities = np.array([each.shortage for each in found])
    shares = np.array(
        [each.shortage / np.where(of.demand > 0, of.demand, np.inf)
         for each, of in zip(found, worlds, strict=True)]
    )  # fmt: skip
    solves = [solve for each in found for solve in each.solves]
    return Answer(
        policy, world, found[0], plan, quantities.min(axis=0), quantities.max(axis=0),
        shares.min(axis=0), shares.max(axis=0), (*solves, *(plan.solves if plan else ())),
    )  # fmt: skip
