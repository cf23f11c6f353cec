"""The fairest shortages: the largest share of demand first, then the next, until none can fall."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import sparse  # type: ignore[import-untyped]

from warehouse.statistics.disruption.linear_program import TOLERANCE, Solve, minimise
from warehouse.statistics.disruption.world import Flags, Floats, World

#: A dual value below this counts as zero.
MIN_DUAL = 1e-9


@dataclass(frozen=True)
class Shortages:
    """Shortages of one policy.

    Attributes:
        shortage: shape (n_partners,), in the unit of the world.
        supplier_worth: total shortage avoided by one more unit at a supplier (0 to 1),
            shape (n_suppliers,).
        stock_worth: the same by one more unit of stock at a partner, shape (n_partners,).
        worst_share: largest shortage over demand (0 to 1).
        solves: one per solved program; none for a policy without an optimisation.
    """

    shortage: Floats
    supplier_worth: Floats
    stock_worth: Floats
    worst_share: float
    solves: tuple[Solve, ...]


@dataclass(frozen=True)
class Groups:
    """Suppliers that may deliver to everybody count as one: their sum decides the shortages.

    Attributes:
        of_supplier: group of each supplier, shape (n_suppliers,).
        capacity: what a group can deliver, shape (n_groups,).
        limit: largest delivery of a group to a partner, shape (n_groups, n_partners).
    """

    of_supplier: NDArray[np.int64]
    capacity: Floats
    limit: Floats


def group_suppliers(world: World) -> Groups:
    """The groups of a world; a supplier that is barred from a partner is one of its own.

    A barred link keeps what it delivers: barred is only more than that.
    """
    total = world.delivered.sum(axis=1) + world.slack
    is_alone = world.is_barred.any(axis=1)
    of_supplier = np.where(is_alone, np.cumsum(is_alone), 0).astype(np.int64)
    n_groups = int(of_supplier.max(initial=0)) + 1
    capacity = np.bincount(of_supplier, weights=total, minlength=n_groups).astype(np.float64)
    limit = np.full((n_groups, len(world.partners)), np.inf)
    for row in np.flatnonzero(is_alone):
        limit[of_supplier[row]] = np.where(world.is_barred[row], world.delivered[row], np.inf)
    return Groups(of_supplier, capacity, limit)


def find_shortages(world: World, *, uses_stock: bool) -> Shortages:
    """Shortages under sharing, in the lexicographic order of shortage over demand.

    min max z_p / D_p, then the next largest, until all are decided. The variables are the
    deliveries of a group of suppliers to a partner, the draw of its stock and its shortage.

    Args:
        uses_stock: the partners draw their stocks, each for itself.
    Raises:
        NotSolvedError: HiGHS found no optimum.
    Source: spec/methods.md M14; the rounds are those of lexicographic max-min fairness.
    """
    demand = world.demand
    n_partners = len(world.partners)
    total = float(demand.sum())
    if total <= 0:
        zero = np.zeros(n_partners)
        return Shortages(zero, np.zeros(len(world.suppliers)), zero, 0.0, ())
    scale = total / n_partners
    groups = group_suppliers(world)
    program = _Program(groups, demand / scale, (world.stock if uses_stock else 0 * demand) / scale,
                       world.shortage_limit / scale, scale)  # fmt: skip
    solves: list[Solve] = []
    share = np.zeros(n_partners)
    is_decided = demand <= 0
    while not is_decided.all():
        worst, is_tight, solve = program.lower_worst(share, is_decided)
        solves.append(solve)
        share[is_tight] = worst
        is_decided |= is_tight
        if worst <= TOLERANCE:
            break
    group_worth, stock_worth, solve = program.worth()
    solves.append(solve)
    return Shortages(
        share * demand,
        group_worth[groups.of_supplier],
        stock_worth,
        float(share.max()),
        tuple(solves),
    )


class _Program:
    """The constraints that all rounds share; quantities in units of the mean demand."""

    def __init__(
        self, groups: Groups, demand: Floats, stock: Floats, limit: Floats, scale: float
    ) -> None:
        self.demand, self.limit = demand, limit
        n_groups, n_partners = groups.limit.shape
        self.n_flows, self.n_partners = n_groups * n_partners, n_partners
        eye = sparse.eye_array(n_partners)
        # each partner: deliveries + draw + shortage >= demand
        met = sparse.hstack([sparse.kron(np.ones((1, n_groups)), eye), eye, eye])
        # each group: deliveries <= capacity
        sent = sparse.kron(sparse.eye_array(n_groups), np.ones((1, n_partners)))
        empty = sparse.csr_array((n_groups, 2 * n_partners))
        self.matrix = sparse.vstack([-met, sparse.hstack([sent, empty])]).tocsr()
        self.side = np.concatenate([-demand, groups.capacity / scale])
        # more than its demand is of no use to a partner
        flow_limit = np.minimum(groups.limit / scale, demand).ravel()
        self.high = np.concatenate([flow_limit, np.minimum(stock, demand), limit])

    def lower_worst(self, share: Floats, is_decided: Flags) -> tuple[float, Flags, Solve]:
        """Smallest worst share of the open partners, and whose share cannot be smaller."""
        n = self.n_partners
        is_open = ~is_decided
        rows = np.flatnonzero(is_open)
        # shortage <= worst * demand
        bound = sparse.csr_array(
            (np.ones(len(rows)), (np.arange(len(rows)), self.n_flows + n + rows)),
            shape=(len(rows), len(self.high)),
        )
        ratio = sparse.vstack(
            [
                sparse.csr_array((self.matrix.shape[0], 1)),
                sparse.csr_array(-self.demand[rows][:, None]),
            ]
        )
        matrix = sparse.hstack([sparse.vstack([self.matrix, bound]), ratio]).tocsr()
        high = np.append(self.high, np.inf)
        # a decided share stays, up to the accuracy of the solver
        decided = share * self.demand + 1e-9
        high[self.n_flows + n : self.n_flows + 2 * n] = np.where(
            is_decided, np.minimum(decided, self.limit + 1e-9), self.limit
        )
        cost = np.append(np.zeros(len(self.high)), 1.0)
        side = np.append(self.side, np.zeros(len(rows)))
        found = minimise("worst_share", cost, (np.zeros(len(high)), high), (matrix, side))
        is_tight = np.zeros(n, dtype=bool)
        is_tight[rows] = -found.upper_duals[-len(rows) :] > MIN_DUAL
        worst = float(found.values[-1])
        return worst, is_tight, found.solve

    def worth(self) -> tuple[Floats, Floats, Solve]:
        """Total shortage avoided by a unit more of each group's capacity and partner's stock."""
        n = self.n_partners
        cost = np.concatenate([np.zeros(self.n_flows + n), np.ones(n)])
        found = minimise(
            "total_shortage", cost, (np.zeros(len(cost)), self.high), (self.matrix, self.side)
        )
        duals = -found.upper_duals
        return duals[n:], duals[:n], found.solve
