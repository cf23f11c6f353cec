"""Chokepoints of a trade network: strength, removal impact by max-flow, hub dependence (M17)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.statistics.supply_risk.concentration import Floats

#: SciPy's max-flow counts in 32-bit integers: capacities are scaled to this sum (error 1e-9).
_CAPACITY_SUM = 2**30


def strength_shares(flow: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Share of each country in all exports and in all imports, two arrays of shape (n,).

    Args:
        flow: trade from row to column, shape (n, n), one unit; the diagonal is left out.
    Raises:
        ValueError: not a square matrix, or a flow is negative or unknown.
    """
    flows = _flows(flow)
    total = flows.sum()
    if total == 0:
        return np.full(len(flows), np.nan), np.full(len(flows), np.nan)
    return flows.sum(axis=1) / total, flows.sum(axis=0) / total


def origin_of_supply(flow: npt.ArrayLike, production: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Where a country's supply comes from: matrix of visits, and the part it produces itself.

    A country's exports have the mix of its production and imports. `visits[p, j]` is how often the
    path back from a unit in p is in j on average; `own[j]` is production over supply of j, where
    supply is at least what j exports (the missing part counts as its own).

    Raises:
        ValueError: shapes differ, or a figure is negative or unknown.
    Source: spec/methods.md M19; Kastner et al. (2011).
    """
    flows, made = _flows(flow), np.asarray(production, dtype=float)
    if made.shape != (len(flows),) or not (made >= 0).all():
        raise ValueError("production has one value per country, none negative or unknown")
    imports, exports = flows.sum(axis=0), flows.sum(axis=1)
    supply = np.maximum(made + imports, exports)
    into = np.where(supply > 0, supply, 1.0)
    back = (flows / into[None, :]).T  # from p to the country that supplied it
    own = np.where(supply > 0, 1 - imports / into, 1.0)
    visits = np.asarray(np.linalg.inv(np.eye(len(flows)) - _damped(back, own)), dtype=np.float64)
    return visits, own


def hub_dependence(flow: npt.ArrayLike, production: npt.ArrayLike) -> Floats:
    """Share of p's supply that passes through j without coming from there, shape (n, n), [p, j].

    0 on the diagonal. Args and errors as `origin_of_supply`.

    Source: spec/methods.md M17, M19.
    """
    visits, own = origin_of_supply(flow, production)
    at_j = np.diag(visits)
    reaches = visits / at_j[None, :]
    dependence = reaches * (1 - np.clip(at_j * own, 0, 1))[None, :]
    np.fill_diagonal(dependence, 0.0)
    return np.clip(dependence, 0.0, 1.0)


def removal_impact(
    flow: npt.ArrayLike,
    production: npt.ArrayLike,
    importers: npt.ArrayLike,
    removed: npt.ArrayLike | None = None,
) -> Floats:
    """Part of the greatest flow to the importers that is lost without a country, shape (n,).

    1 - max-flow without the country / max-flow with all. The source supplies each country with its
    production, or with what it exports beyond its imports where that is more; a flow can carry what
    was traded; importers take no more than they imported. NaN for the importers themselves, and
    for all where nothing reaches them.

    Args:
        flow: trade from row to column, shape (n, n), of the whole network, not truncated.
        production: shape (n,), in the unit of the flows.
        importers: whether a country is one of the importers, shape (n,).
        removed: the countries to try, shape (n,); NaN for the others. None tries all.
    Raises:
        ValueError: shapes differ, or a figure is negative or unknown.
    Source: spec/methods.md M17.
    """
    flows, made = _flows(flow), np.asarray(production, dtype=float)
    takes = np.asarray(importers, dtype=bool)
    n = len(flows)
    if made.shape != (n,) or takes.shape != (n,) or not (made >= 0).all():
        raise ValueError("production and importers have one value per country")
    # what importers sell on is no loss of theirs, and what they make is not imported
    inner = np.where(takes[:, None], 0.0, flows)
    origin = np.where(takes, 0.0, np.maximum(made, flows.sum(axis=1) - flows.sum(axis=0)))
    capacity = np.zeros((n + 2, n + 2))
    capacity[:n, :n] = inner
    capacity[n, :n] = origin
    capacity[:n, n + 1] = np.where(takes, inner.sum(axis=0), 0.0)
    total = capacity.sum()
    whole = _max_flow(capacity, total) if total > 0 else 0
    impact = np.full(n, np.nan)
    if whole:
        tried = np.ones(n, bool) if removed is None else np.asarray(removed, dtype=bool)
        for j in np.flatnonzero(tried & ~takes):
            # a country that ships nothing on carries none of it
            impact[j] = 0.0
            if inner[j].any():
                without = capacity.copy()
                without[j, :] = without[:, j] = 0.0
                impact[j] = 1 - _max_flow(without, total) / whole
    return impact


def chokepoints(
    flows: pa.Table,
    production: pa.Table,
    importers: Sequence[str],
    key: Sequence[str],
    min_share: float = 0.0,
) -> pa.Table:
    """The measures of every country in each network.

    Args:
        flows: one row per network, `exporter_id` and `importer_id` with `quantity`.
        production: one row per network and `country_id` with `production`; who is missing has none
            beside its net exports.
        importers: the countries whose supply is looked at, as one.
        key: columns that identify a network.
        min_share: removal is tried for countries with at least this share of all exports.
    Returns:
        one row per network and country: `out_strength_share`, `in_strength_share`,
        `removal_impact_share` (null for importers and below `min_share`), `hub_dependence_share`
        (mean of the importers, weighted by their imports; null where they import nothing) and
        `n_edges`.
    Source: spec/methods.md M17.
    """
    made: dict[tuple[Any, ...], dict[str, float]] = {}
    for row in production.to_pylist():
        made.setdefault(tuple(row[k] for k in key), {})[row["country_id"]] = row["production"]
    networks: dict[tuple[Any, ...], list[tuple[str, str, float]]] = {}
    for row in flows.sort_by([(name, "ascending") for name in key]).to_pylist():
        edge = (row["exporter_id"], row["importer_id"], row["quantity"])
        networks.setdefault(tuple(row[k] for k in key), []).append(edge)
    out: list[dict[str, Any]] = []
    for at, edges in networks.items():
        names = sorted({name for edge in edges for name in edge[:2]})
        place = {name: i for i, name in enumerate(names)}
        flow = np.zeros((len(names), len(names)))
        for exporter, importer, quantity in edges:
            flow[place[exporter], place[importer]] += quantity
        produced = np.array([made.get(at, {}).get(name, 0.0) for name in names])
        takes = np.isin(names, importers)
        sold, bought = strength_shares(flow)
        impact = removal_impact(flow, produced, takes, sold >= min_share)
        weight = np.where(takes, bought, 0.0)
        hubs = np.full(len(names), np.nan)
        if weight.sum() > 0:
            hubs = weight @ hub_dependence(flow, produced) / weight.sum()
        out += [
            dict(zip(key, at, strict=True))
            | {
                "country_id": name,
                "out_strength_share": sold[i],
                "in_strength_share": bought[i],
                "removal_impact_share": impact[i],
                "hub_dependence_share": hubs[i],
                "n_edges": int((flow > 0).sum()),
            }
            for i, name in enumerate(names)
        ]
    measures = (
        "out_strength_share", "in_strength_share", "removal_impact_share", "hub_dependence_share",
    )  # fmt: skip
    fields = [flows.schema.field(name) for name in key]
    fields += [pa.field("country_id", pa.string()), *(pa.field(m, pa.float64()) for m in measures)]
    fields.append(pa.field("n_edges", pa.int64()))
    return pa.table(
        {f.name: pa.array([row[f.name] for row in out], f.type, from_pandas=True) for f in fields}
    )


def _max_flow(capacity: Floats, total: float) -> int:
    # loaded only where a network is computed: it takes a tenth of a second
    from scipy.sparse import csr_matrix  # type: ignore[import-untyped]
    from scipy.sparse.csgraph import maximum_flow  # type: ignore[import-untyped]

    scaled = np.floor(capacity / total * _CAPACITY_SUM).astype(np.int32)
    n = len(capacity)
    return int(maximum_flow(csr_matrix(scaled), n - 2, n - 1).flow_value)


def _damped(back: Floats, own: Floats) -> Floats:
    """`back` with cycles that produce nothing opened by a millionth, so that an inverse exists."""
    return np.where((own <= 0)[:, None], back * (1 - 1e-6), back)


def _flows(flow: npt.ArrayLike) -> Floats:
    flows = np.array(flow, dtype=float)
    if flows.ndim != 2 or flows.shape[0] != flows.shape[1]:
        raise ValueError("flow: a square matrix, exporters by importers")
    np.fill_diagonal(flows, 0.0)
    if not (flows >= 0).all():
        raise ValueError("flow: a flow is neither negative nor unknown")
    return flows
