"""Who delivers to whom: the least change from the usual deliveries that leaves given shortages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from warehouse.statistics.disruption.linear_program import TOLERANCE, Solve, minimise
from warehouse.statistics.disruption.world import Flags, Floats, World

#: Changes below this share of the mean demand are not reported.
MIN_CHANGE_SHARE = 1e-6


@dataclass(frozen=True)
class Reallocation:
    """Deliveries of one policy, in the unit of the world, shape (n_suppliers, n_partners).

    Attributes:
        added, cut: change from what is still delivered.
        added_low, added_high, cut_low, cut_high: the range over all plans with these shortages
            and as little change.
        drawn: stock that each partner draws, shape (n_partners,).
        solves: one per solved program.
    """

    added: Floats
    cut: Floats
    added_low: Floats
    added_high: Floats
    cut_low: Floats
    cut_high: Floats
    drawn: Floats
    solves: tuple[Solve, ...]


def reallocate(world: World, shortage: Floats, *, uses_stock: bool) -> Reallocation:
    """The deliveries behind `shortage` with the least change, ties in the order of the names.

    min sum of |x_ip - delivered_ip|, then by fixed weights of suppliers and partners in the order
    of their names, which leave one plan where no way is barred. Stock comes first, as it changes
    no delivery.

    Raises:
        NotSolvedError: HiGHS found no optimum; these shortages have no plan.
    Source: spec/methods.md M14.
    """
    total = float(world.demand.sum())
    if total <= 0:
        empty = np.zeros_like(world.base)
        return Reallocation(empty, empty, empty, empty, empty, empty, 0 * world.demand, ())
    program = _Program(world, shortage, total / len(world.partners), uses_stock)
    return program.solve()


_PARTS = ("added", "cut", "added_low", "added_high", "cut_low", "cut_high", "drawn")


class _Program:
    """Variables: additions and cuts on the ways that can have one, then draws of stock."""

    def __init__(self, world: World, shortage: Floats, scale: float, uses_stock: bool) -> None:
        self.world, self.scale = world, scale
        delivered = world.delivered / scale
        self.need = (world.demand - shortage) / scale - delivered.sum(axis=0)
        self.stock = (world.stock if uses_stock else 0 * world.stock) / scale
        self.slack, self.delivered = world.slack / scale, delivered
        self.has_bars = bool(world.is_barred.any())
        takes = self.need - self.stock > TOLERANCE
        # also who has more stock than it needs: it can leave deliveries to others
        gives = (self.need < -TOLERANCE) | (self.stock > np.maximum(self.need, 0.0))
        can_cut = (delivered > 0) & (gives | self.has_bars)
        # only who has something to add, or something that others give up
        has_pool = (self.slack > 0) | can_cut.any(axis=1)
        can_add = ~world.is_barred & has_pool[:, None] & (takes | self.has_bars)
        self.adds, self.cuts = np.argwhere(can_add), np.argwhere(can_cut)
        self.matrix, self.side, self.balance, self.high = self._constraints()

    def _constraints(self) -> tuple[sparse.csr_array, Floats, sparse.csr_array, Floats]:
        n_suppliers, n_partners = self.delivered.shape
        n_add, n_cut = len(self.adds), len(self.cuts)
        signs = np.concatenate([np.ones(n_add), -np.ones(n_cut)])
        ways = np.concatenate([self.adds, self.cuts])
        columns = np.arange(n_add + n_cut)

        def incidence(rows: np.ndarray, n_rows: int) -> sparse.csr_array:
            return sparse.csr_array((signs, (rows, columns)), shape=(n_rows, len(columns)))

        no_draw = sparse.csr_array((n_suppliers, n_partners))
        sent = sparse.hstack([incidence(ways[:, 0], n_suppliers), no_draw]).tocsr()
        got = sparse.hstack([incidence(ways[:, 1], n_partners), sparse.eye_array(n_partners)])
        high = np.concatenate(
            [np.full(n_add, np.inf), self.delivered[tuple(self.cuts.T)], self.stock]
        )
        return sent, self.slack, got.tocsr(), high

    @property
    def need_met(self) -> Floats:
        """Needs, with what is smaller than the accuracy of the shortages as no need."""
        return np.where(np.abs(self.need) <= TOLERANCE, 0.0, self.need)

    def solve(self) -> Reallocation:
        n_ways = len(self.adds) + len(self.cuts)
        low = np.zeros(len(self.high))
        # the accuracy of the shortages must not make a plan impossible
        slack = self.side + TOLERANCE
        change = np.concatenate([np.ones(n_ways), np.zeros(len(self.stock))])
        equal = (self.balance, self.need_met)
        least = minimise("least_change", change, (low, self.high), (self.matrix, slack), equal)
        limit = (
            sparse.vstack([self.matrix, sparse.csr_array(change[None, :])]).tocsr(),
            np.append(slack, max(0.0, least.solve.objective) + TOLERANCE),
        )
        ordered = minimise("fixed_order", self._order(), (low, self.high), limit, equal)
        added = self._spread(ordered.values[: len(self.adds)], self.adds)
        cut = self._spread(ordered.values[len(self.adds) : n_ways], self.cuts)
        drawn = ordered.values[n_ways:]
        solves = [least.solve, ordered.solve]
        if self.has_bars or not self._is_one_pool():
            ranges, more = self._solved_ranges(limit, ordered.values[:n_ways])
            solves += more
        else:
            ranges = self._closed_ranges(drawn)
        # the reported plan is one of the optima
        added_low, cut_low = np.minimum(ranges[0], added), np.minimum(ranges[2], cut)
        added_high, cut_high = np.maximum(ranges[1], added), np.maximum(ranges[3], cut)
        parts = [added, cut, added_low, added_high, cut_low, cut_high, drawn]
        named = dict(zip(_PARTS, map(self._reported, parts), strict=True))
        return Reallocation(**named, solves=tuple(solves))

    def _reported(self, values: Floats) -> Floats:
        return np.where(values < MIN_CHANGE_SHARE, 0.0, values) * self.scale

    def _spread(self, values: Floats, ways: np.ndarray) -> Floats:
        matrix = np.zeros_like(self.delivered)
        matrix[tuple(ways.T)] = values
        return matrix

    def _order(self) -> Floats:
        """Weights that prefer suppliers by name and join first to first (a strict Monge array)."""
        supplier_rank = np.argsort(np.argsort(self.world.suppliers)) + 1.0
        partner_rank = np.argsort(np.argsort(self.world.partners)) + 1.0
        n = len(partner_rank)
        ways = np.concatenate([self.adds, self.cuts])
        weight = supplier_rank[ways[:, 0]] * (2.0 * n - partner_rank[ways[:, 1]])
        weight = weight / (2.0 * n * len(supplier_rank))
        return np.concatenate([weight, np.zeros(len(self.stock))])

    def _is_one_pool(self) -> bool:
        """Whether nobody has to draw stock for the sake of others."""
        takes = np.maximum(self.need_met - self.stock, 0.0).sum()
        gives = np.maximum(-self.need_met, 0.0).sum()
        return bool(takes <= self.slack.sum() + gives + TOLERANCE)

    def _closed_ranges(self, drawn: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Ranges where every way is open and draws are certain: all meet in one pool.

        Whoever needs gets no cut and whoever gives no addition, else less change would do. So a
        supplier adds at most its slack and all that can be cut from it, and at least what the
        others cannot add; the same for cuts.
        """
        gives = np.maximum(-self.need_met, 0.0)
        takes = np.maximum(self.need_met - drawn, 0.0)
        possible = np.minimum(self.delivered, gives)
        pool = self.slack + possible.sum(axis=1)
        others = self.delivered.sum(axis=0) - self.delivered
        pool_of_others = (self.slack.sum() - self.slack) + np.minimum(others, gives).sum(axis=1)
        added_high = np.minimum(takes[None, :], pool[:, None])
        added_low = np.maximum(takes[None, :] - pool_of_others[:, None], 0.0)
        cut_low = np.maximum(gives - others, 0.0)
        return added_low, added_high, cut_low, possible

    def _solved_ranges(
        self, limit: tuple[sparse.csr_array, Floats], values: Floats
    ) -> tuple[tuple[Floats, Floats, Floats, Floats], list[Solve]]:
        """Ranges of the ways that the plan uses, by two programs each; others keep the plan."""
        low, high = values.copy(), values.copy()
        zero = np.zeros(len(self.high))
        solves = []
        for way in np.flatnonzero(values > MIN_CHANGE_SHARE):
            for ends, sign in ((low, 1.0), (high, -1.0)):
                cost = zero.copy()
                cost[way] = sign
                found = minimise(
                    "range", cost, (zero, self.high), limit, (self.balance, self.need_met)
                )
                ends[way] = sign * found.solve.objective
                solves.append(found.solve)
        n = len(self.adds)
        spread = [
            self._spread(part, ways)
            for part, ways in ((low[:n], self.adds), (high[:n], self.adds),
                               (low[n:], self.cuts), (high[n:], self.cuts))
        ]  # fmt: skip
        return (spread[0], spread[1], spread[2], spread[3]), solves


def reported_ways(plan: Reallocation) -> Flags:
    """Ways whose delivery the plan changes, shape (n_suppliers, n_partners)."""
    return (plan.added > 0) | (plan.cut > 0)
