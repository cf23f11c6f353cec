"""Small random worlds, and an independent answer by enumeration of vertices (no solver)."""

from __future__ import annotations

from itertools import combinations

import numpy as np

from warehouse.statistics.disruption.world import Floats, World


def random_world(seed: int, *, max_nodes: int = 4, with_bars: bool = True) -> World:
    """A world of at most `max_nodes` suppliers and partners together; zeros and ties occur."""
    rng = np.random.default_rng(seed)
    n_partners = int(rng.integers(1, max_nodes - 1, endpoint=True))
    n_suppliers = int(rng.integers(1, max(1, max_nodes - n_partners), endpoint=True))
    partners = tuple(f"P{number}" for number in range(n_partners))
    suppliers = tuple(f"S{number}" for number in range(n_suppliers))
    if rng.random() < 0.3:
        suppliers = (partners[0], *suppliers[1:])

    def some(shape: tuple[int, ...]) -> Floats:
        values = rng.integers(0, 12, shape) if rng.random() < 0.5 else 10 * rng.random(shape)
        return np.where(rng.random(shape) < 0.25, 0.0, values.astype(float))

    base = some((n_suppliers, n_partners))
    lost = np.where(rng.random(n_suppliers) < 0.6, rng.choice([0.5, 1.0], n_suppliers), 0.0)
    barred = rng.random(base.shape) < (0.2 if with_bars and rng.random() < 0.5 else 0.0)
    return World(
        suppliers, partners, base, lost, some((n_suppliers,)), some((n_suppliers,)),
        some((n_partners,)), barred, float(rng.choice([0.0, 0.5, 1.0])),
        float(rng.choice([0.0, 0.1, 1.0])),
    )  # fmt: skip


def vertices(matrix: Floats, side: Floats, equal: Floats, equal_side: Floats) -> Floats:
    """All vertices of {x: matrix @ x <= side, equal @ x == equal_side}, one per row."""
    n = matrix.shape[1]
    # a redundant equation would make every choice singular
    free, rank = [], 0
    for row in range(len(equal)):
        if np.linalg.matrix_rank(equal[[*free, row]]) > rank:
            free.append(row)
            rank += 1
    chosen = np.array(list(combinations(range(len(matrix)), n - rank)), dtype=int)
    systems = np.concatenate(
        [np.broadcast_to(equal[free], (len(chosen), rank, n)), matrix[chosen]], axis=1
    )
    sides = np.concatenate(
        [np.broadcast_to(equal_side[free], (len(chosen), rank)), side[chosen]], axis=1
    )
    regular = np.abs(np.linalg.det(systems)) > 1e-9
    points = np.linalg.solve(systems[regular], sides[regular][..., None])[..., 0]
    inside = (points @ matrix.T <= side + 1e-7).all(axis=1)
    inside &= (np.abs(points @ equal.T - equal_side) <= 1e-7).all(axis=1)
    return points[inside]


def _deliveries(world: World, *, uses_stock: bool) -> tuple[Floats, Floats, Floats]:
    """Constraints on (deliveries, draws), and the map from these variables to receipts."""
    n_suppliers, n_partners = world.base.shape
    n_flows = n_suppliers * n_partners
    n = n_flows + n_partners
    limit = np.where(world.is_barred, world.delivered, 1e3).ravel()
    sent = np.zeros((n_suppliers, n))
    received = np.zeros((n_partners, n))
    for supplier in range(n_suppliers):
        sent[supplier, supplier * n_partners : (supplier + 1) * n_partners] = 1
        for partner in range(n_partners):
            received[partner, supplier * n_partners + partner] = 1
    received[:, n_flows:] = np.eye(n_partners)
    stock = world.stock if uses_stock else np.zeros(n_partners)
    capped = world.is_barred.ravel()
    matrix = np.concatenate([-np.eye(n), sent, np.eye(n)[:n_flows][capped], np.eye(n)[n_flows:]])
    side = np.concatenate(
        [np.zeros(n), world.delivered.sum(axis=1) + world.slack, limit[capped], stock]
    )
    # shortages between nothing and the limit
    matrix = np.concatenate([matrix, received, -received])
    side = np.concatenate([side, world.demand, world.shortage_limit - world.demand])
    return matrix, side, received


def enumerate_shortages(world: World, *, uses_stock: bool) -> Floats:
    """Shortages in lexicographic order, from vertices alone, shape (n_partners,)."""
    matrix, side, received = _deliveries(world, uses_stock=uses_stock)
    demand = world.demand
    n = matrix.shape[1]
    share = np.zeros(len(demand))
    is_open = demand > 0
    none = np.zeros((0, n + 1))
    while is_open.any():
        # one more variable: the worst share of the open partners
        wide = np.concatenate([matrix, np.zeros((len(matrix), 1))], axis=1)
        rows = np.concatenate([-received, -demand[:, None]], axis=1)[is_open]
        fixed = np.concatenate([-received, 0 * demand[:, None]], axis=1)[~is_open]
        lines = np.concatenate([wide, rows, fixed])
        sides = np.concatenate([side, -demand[is_open], (share * demand - demand)[~is_open] + 1e-9])
        points = vertices(lines, sides, none, np.zeros(0))
        worst = float(points[:, -1].min())
        if worst <= 1e-9:
            break
        # whose share cannot be smaller while the others stay at the worst share
        best = points[points[:, -1] <= worst + 1e-9]
        decided = []
        for partner in np.flatnonzero(is_open):
            smallest = 1 - (best[:, :-1] @ received[partner]).max() / demand[partner]
            if smallest >= worst - 1e-7:
                decided.append(partner)
        share[decided] = worst
        is_open[decided] = False
    return share * demand


def enumerate_changes(
    world: World, shortage: Floats, *, uses_stock: bool
) -> tuple[float, Floats, Floats]:
    """Least change, and the smallest and largest delivery of each link over the plans with it.

    What a partner adds to its own supply counts half.
    """
    matrix, side, received = _deliveries(world, uses_stock=uses_stock)
    n_flows = world.base.size
    usual = world.delivered.ravel()
    # the change is linear between the usual deliveries: they bound the pieces
    pieces = np.concatenate([np.eye(matrix.shape[1])[:n_flows], -np.eye(matrix.shape[1])[:n_flows]])
    found: list[Floats] = []
    n = matrix.shape[1]
    for signs in np.ndindex(*(2,) * n_flows):
        rows = pieces[[link + n_flows * sign for link, sign in enumerate(signs)]]
        at = np.array([usual[link] * (1 - 2 * sign) for link, sign in enumerate(signs)])
        found.append(
            vertices(
                np.concatenate([matrix, rows]), np.concatenate([side + 1e-8, at]), received,
                world.demand - shortage,
            )
        )  # fmt: skip
    points = np.concatenate(found).reshape(-1, n)
    more = points[:, :n_flows] - usual
    is_own = [supplier == partner for supplier in world.suppliers for partner in world.partners]
    change = np.where(is_own & (more > 0), 0.5 * more, np.abs(more)).sum(axis=1)
    least = float(change.min())
    best = points[change <= least + 1e-6][:, :n_flows]
    shape = world.base.shape
    return least, best.min(axis=0).reshape(shape), best.max(axis=0).reshape(shape)
