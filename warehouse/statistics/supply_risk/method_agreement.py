"""Whether two methods rank items alike, and which input makes an item change its place."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

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
        rank = ranks(method({**own, name: other[name]}))[item]
        if not np.isnan(rank) and abs(rank - target) <= tolerance:
            distance[name] = float(abs(rank - target))
    return min(distance, key=lambda name: (distance[name], name)) if distance else None
