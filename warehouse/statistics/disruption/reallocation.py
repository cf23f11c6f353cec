"""Who delivers to whom: the least change from the usual deliveries that leaves given shortages."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]

from warehouse.statistics.disruption.linear_program import TOLERANCE, Solve, minimise
from warehouse.statistics.disruption.world import Flags, Floats, World

#: Changes below this share of the mean demand are not reported.
MIN_CHANGE_SHARE = 1e-8
#: Accuracy of the shortages, in units of the mean demand.
NEED_TOLERANCE = 1e-8


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
    of their names, which leave one plan where no link is barred. Stock comes first, then what a
    partner adds to its own supply, which counts half: neither changes a delivery between countries.

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
    """Variables: additions and cuts on the links that can have one, then draws of stock."""

    def __init__(self, world: World, shortage: Floats, scale: float, uses_stock: bool) -> None:
        self.world, self.scale = world, scale
        delivered = world.delivered / scale
        self.need = (world.demand - shortage) / scale - delivered.sum(axis=0)
        self.stock = (world.stock if uses_stock else 0 * world.stock) / scale
        self.slack, self.delivered = world.slack / scale, delivered
        self.is_own = np.array(world.suppliers)[:, None] == np.array(world.partners)[None, :]
        # barred from everybody: nothing is added, and what is cut helps nobody
        is_closed = (world.is_barred | self.is_own).all(axis=1) & ~delivered[self.is_own].any()
        is_closed &= world.is_barred.any(axis=1)
        self.has_bars = bool(world.is_barred[~is_closed].any())
        takes = self.need - self.stock > NEED_TOLERANCE
        # also who has more stock than it needs: it can leave deliveries to others
        gives = (self.need < -NEED_TOLERANCE) | (self.stock > np.maximum(self.need, 0.0))
        can_cut = (delivered > 0) & (gives | self.has_bars) & ~is_closed[:, None]
        # only who has something to add, or something that others give up
        has_pool = (self.slack > 0) | can_cut.any(axis=1)
        can_add = ~world.is_barred & has_pool[:, None] & (takes | self.has_bars)
        self.adds, self.cuts = np.argwhere(can_add), np.argwhere(can_cut)
        self.is_closed = is_closed
        self.matrix, self.side, self.high = self._constraints()

    def _constraints(self) -> tuple[sparse.csr_array, Floats, Floats]:
        """Each supplier adds at most its slack, and each partner gets its need."""
        n_suppliers, n_partners = self.delivered.shape
        n_add, n_cut = len(self.adds), len(self.cuts)
        signs = np.concatenate([np.ones(n_add), -np.ones(n_cut)])
        links = np.concatenate([self.adds, self.cuts])
        columns = np.arange(n_add + n_cut)

        def incidence(rows: np.ndarray, n_rows: int) -> sparse.csr_array:
            return sparse.csr_array((signs, (rows, columns)), shape=(n_rows, len(columns)))

        no_draw = sparse.csr_array((n_suppliers, n_partners))
        sent = sparse.hstack([incidence(links[:, 0], n_suppliers), no_draw]).tocsr()
        got = sparse.hstack([incidence(links[:, 1], n_partners), sparse.eye_array(n_partners)])
        high = np.concatenate(
            [np.full(n_add, np.inf), self.delivered[tuple(self.cuts.T)], self.stock]
        )
        # the accuracy of the shortages must not make a plan impossible
        need, near = self.need_met, NEED_TOLERANCE
        side = np.concatenate([self.slack, near - need, near + need])
        return sparse.vstack([sent, -got, got]).tocsr(), side, high

    @property
    def need_met(self) -> Floats:
        """Needs, with what is smaller than the accuracy of the shortages as no need."""
        return np.where(np.abs(self.need) <= NEED_TOLERANCE, 0.0, self.need)

    def solve(self) -> Reallocation:
        n_links = len(self.adds) + len(self.cuts)
        low = np.zeros(len(self.high))
        weight = np.where(self.is_own[tuple(self.adds.T)], 0.5, 1.0)
        change = np.concatenate([weight, np.ones(len(self.cuts)), np.zeros(len(self.stock))])
        least = minimise("least_change", change, (low, self.high), (self.matrix, self.side))
        limit = (
            sparse.vstack([self.matrix, sparse.csr_array(change[None, :])]).tocsr(),
            np.append(self.side, max(0.0, least.solve.objective) + NEED_TOLERANCE),
        )
        ordered = minimise("fixed_order", self._order(), (low, self.high), limit)
        added = self._spread(ordered.values[: len(self.adds)], self.adds)
        cut = self._spread(ordered.values[len(self.adds) : n_links], self.cuts)
        drawn = ordered.values[n_links:]
        solves = [least.solve, ordered.solve]
        if self.has_bars or not self._is_one_pool():
            ranges, more = self._solved_ranges(limit, ordered.values[:n_links])
            solves += more
        else:
            ranges = self._closed_ranges(drawn, added)
        # the reported plan is one of the optima
        added_low, cut_low = np.minimum(ranges[0], added), np.minimum(ranges[2], cut)
        added_high, cut_high = np.maximum(ranges[1], added), np.maximum(ranges[3], cut)
        parts = [added, cut, added_low, added_high, cut_low, cut_high, drawn]
        named = dict(zip(_PARTS, map(self._reported, parts), strict=True))
        return Reallocation(**named, solves=tuple(solves))

    def _reported(self, values: Floats) -> Floats:
        return np.where(values < MIN_CHANGE_SHARE, 0.0, values) * self.scale

    def _spread(self, values: Floats, links: np.ndarray) -> Floats:
        matrix = np.zeros_like(self.delivered)
        matrix[tuple(links.T)] = values
        return matrix

    def _order(self) -> Floats:
        """Weights that prefer suppliers by name and join first to first (a strict Monge array)."""
        supplier_rank = np.argsort(np.argsort(self.world.suppliers)) + 1.0
        partner_rank = np.argsort(np.argsort(self.world.partners)) + 1.0
        n = len(partner_rank)
        links = np.concatenate([self.adds, self.cuts])
        weight = supplier_rank[links[:, 0]] * (2.0 * n - partner_rank[links[:, 1]])
        weight = weight / (2.0 * n * len(supplier_rank))
        return np.concatenate([weight, np.zeros(len(self.stock))])

    def _is_one_pool(self) -> bool:
        """Whether nobody has to draw stock for the sake of others."""
        takes = np.maximum(self.need_met - self.stock, 0.0).sum()
        gives = np.maximum(-self.need_met, 0.0).sum()
        return bool(takes <= self.slack.sum() + gives + TOLERANCE * len(self.stock))

    def _closed_ranges(self, drawn: Floats, added: Floats) -> tuple[Floats, Floats, Floats, Floats]:
        """Ranges where every link is open and draws are certain: all meet in one pool.

        Whoever needs gets no cut and whoever gives no addition, else less change would do. So a
        supplier adds at most its slack and all that can be cut from it, and at least what the
        others cannot add; the same for cuts. What a partner adds to its own supply is certain.
        """
        own = np.where(self.is_own, added, 0.0)
        slack = self.slack - own.sum(axis=1)
        gives = np.maximum(-self.need_met, 0.0)
        takes = np.maximum(self.need_met - drawn - own.sum(axis=0), 0.0)
        delivered = np.where(self.is_closed[:, None], 0.0, self.delivered)
        possible = np.minimum(delivered, gives)
        pool = slack + possible.sum(axis=1)
        others = delivered.sum(axis=0) - delivered
        pool_of_others = (slack.sum() - slack) + np.minimum(others, gives).sum(axis=1)
        added_high = np.minimum(takes[None, :], pool[:, None])
        added_low = np.maximum(takes[None, :] - pool_of_others[:, None], 0.0)
        cut_low = np.maximum(gives - others, 0.0)
        return (
            np.where(self.is_own, own, added_low), np.where(self.is_own, own, added_high),
            cut_low, possible,
        )  # fmt: skip

    def _solved_ranges(
        self, limit: tuple[sparse.csr_array, Floats], values: Floats
    ) -> tuple[tuple[Floats, Floats, Floats, Floats], list[Solve]]:
        """Ranges of the links that the plan uses, by two programs each; others keep the plan."""
        low, high = values.copy(), values.copy()
        zero = np.zeros(len(self.high))
        solves = []
        for link in np.flatnonzero(values > MIN_CHANGE_SHARE):
            for ends, sign in ((low, 1.0), (high, -1.0)):
                cost = zero.copy()
                cost[link] = sign
                found = minimise("range", cost, (zero, self.high), limit)
                ends[link] = sign * found.solve.objective
                solves.append(found.solve)
        n = len(self.adds)
        spread = [
            self._spread(part, links)
            for part, links in ((low[:n], self.adds), (high[:n], self.adds),
                               (low[n:], self.cuts), (high[n:], self.cuts))
        ]  # fmt: skip
        return (spread[0], spread[1], spread[2], spread[3]), solves


def reported_links(plan: Reallocation) -> Flags:
    """Ways whose delivery the plan changes, shape (n_suppliers, n_partners)."""
    return (plan.added > 0) | (plan.cut > 0)
