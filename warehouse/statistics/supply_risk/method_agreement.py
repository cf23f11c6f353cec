"""Whether two methods rank items alike, and which input makes an item change its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from warehouse.statistics.supply_risk.concentration import Floats


def ranks(score: npt.ArrayLike) -> Floats:
    """Rank of each score, 1 the highest, equals share the mean of their places; NaN stays NaN."""
    values = np.asarray(score, dtype=float)
    known = values[~np.isnan(values)]
    higher = (known[None, :] > values[:, None]).sum(axis=1)
    equal = (known[None, :] == values[:, None]).sum(axis=1)
    return np.where(np.isnan(values), np.nan, higher + (equal + 1) / 2)


def rank_correlation(first: npt.ArrayLike, second: npt.ArrayLike) -> float:
    """Spearman's correlation over the items that both methods score, -1 to 1.

    NaN with fewer than three such items or where one method gives all of them the same score.

    Raises:
        ValueError: the arrays differ in length.
    """
    a, b = np.asarray(first, dtype=float), np.asarray(second, dtype=float)
    if a.shape != b.shape:
        raise ValueError("the scores of two methods are of the same items")
    both = ~(np.isnan(a) | np.isnan(b))
    x, y = ranks(a[both]), ranks(b[both])
    if x.size < 3 or np.ptp(x) == 0 or np.ptp(y) == 0:
        return np.nan
    return float(np.clip(np.corrcoef(x, y)[0, 1], -1.0, 1.0))


def main_driver(
    method: Callable[[Mapping[str, Floats]], Floats],
    own: Mapping[str, Floats],
    other: Mapping[str, Floats],
    item: int,
    tolerance: float = 0.5,
) -> str | None:
    """The input whose exchange alone restores the item's rank under the other inputs.

    Args:
        method: the score of every item from its inputs, higher is riskier.
        own, other: two sets of inputs by name, each of shape (n_items,).
        item: the item whose rank differs between `method(own)` and `method(other)`.
        tolerance: ranks that differ by at most this count as the same.
    Returns:
        The name of the input (of several the one that comes nearest, then the first by name), or
        None if the ranks do not differ, one is unknown, or no single input restores it.
    """
    target, start = ranks(method(other))[item], ranks(method(own))[item]
    if np.isnan(target) or np.isnan(start) or abs(target - start) <= tolerance:
        return None
    distance: dict[str, float] = {}
    for name in sorted(own):
        if np.array_equal(own[name], other[name], equal_nan=True):
            continue  # its exchange moves nobody
        rank = ranks(method({**own, name: other[name]}))[item]
        if not np.isnan(rank) and abs(rank - target) <= tolerance:
            distance[name] = float(abs(rank - target))
    return min(distance, key=lambda name: (distance[name], name)) if distance else None


def compare_methods(
    factors: pa.Table, group: Sequence[str], item: Sequence[str], names: Sequence[str]
) -> pa.Table:
    """Every pair of methods in each group: ranks of the items that both score, and what differs.

    A score is the product of its factors, so that two methods differ in single factors.

    Args:
        factors: one row per group, item and `method_id` with the columns `names` (1 where a method
            does not use a factor, null where it is unknown: the item then has no score).
        group: columns within which items are ranked, such as entity and year.
        item: columns that identify an item.
        names: the factors.
    Returns:
        one row per group, pair (`method_a` before `method_b` by name) and item that both score:
        `rank_a`, `rank_b` (1 is the highest score), `half_a`, `half_b` (upper or lower half of
        the ranks), `n_items`, `rank_correlation` (null below three items) and `main_driver`: the
        factor whose exchange alone gives the item its rank by method b.
    """
    rows = factors.sort_by([(name, "ascending") for name in (*group, "method_id", *item)])
    by_group: dict[tuple[Any, ...], dict[str, dict[tuple[Any, ...], list[float]]]] = {}
    for row in rows.to_pylist():
        values = [row[name] for name in names]
        if None not in values:
            methods = by_group.setdefault(tuple(row[name] for name in group), {})
            methods.setdefault(row["method_id"], {})[tuple(row[n] for n in item)] = values
    out: list[dict[str, Any]] = []
    for at, methods in by_group.items():
        for a, b in combinations(sorted(methods), 2):
            items = sorted(methods[a].keys() & methods[b].keys())
            out += [
                dict(zip(group, at, strict=True)) | dict(zip(item, one, strict=True)) | found
                for one, found in zip(items, _pairs(methods, a, b, items, names), strict=True)
            ]
    fields = [factors.schema.field(name) for name in (*group, *item)]
    fields += [pa.field(name, pa.string()) for name in ("method_a", "method_b")]
    fields += [pa.field(name, pa.float64()) for name in ("rank_a", "rank_b", "rank_correlation")]
    fields += [pa.field(name, pa.string()) for name in ("half_a", "half_b", "main_driver")]
    fields.append(pa.field("n_items", pa.int64()))
    return pa.table(
        {f.name: pa.array([row[f.name] for row in out], f.type, from_pandas=True) for f in fields}
    )


def _pairs(
    methods: Mapping[str, Mapping[tuple[Any, ...], Sequence[float]]],
    a: str,
    b: str,
    items: Sequence[tuple[Any, ...]],
    names: Sequence[str],
) -> Iterator[dict[str, Any]]:
    own, other = (
        {name: np.array([methods[m][one][i] for one in items]) for i, name in enumerate(names)}
        for m in (a, b)
    )
    rank_a, rank_b = ranks(_product(own)), ranks(_product(other))
    correlation = rank_correlation(_product(own), _product(other))
    for i in range(len(items)):
        yield {
            "method_a": a,
            "method_b": b,
            "rank_a": rank_a[i],
            "rank_b": rank_b[i],
            "half_a": "upper" if rank_a[i] <= len(items) / 2 else "lower",
            "half_b": "upper" if rank_b[i] <= len(items) / 2 else "lower",
            "main_driver": main_driver(_product, own, other, i),
            "rank_correlation": correlation,
            "n_items": len(items),
        }


def _product(inputs: Mapping[str, Floats]) -> Floats:
    return np.prod(np.array(list(inputs.values())), axis=0)
