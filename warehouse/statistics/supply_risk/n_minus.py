"""N-1: what is left of a supply when a supplier stops, and whether it serves the others (M13)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from warehouse.statistics.supply_risk.concentration import Floats

Flags = npt.NDArray[np.bool_]


def largest_suppliers(
    supply: npt.ArrayLike, n: int = 1, is_named: npt.ArrayLike | None = None
) -> Flags:
    """True for the `n` largest suppliers, shape (n_suppliers,); the first of equals counts.

    Args:
        supply: of each supplier, one unit, basis and stage. An unknown supply is never the largest.
        is_named: False for a bucket of several countries ("rest of world"), which cannot stop.
    Source: spec/methods.md M13.
    """
    values = np.asarray(supply, dtype=float)
    named = np.ones(values.shape, bool) if is_named is None else np.asarray(is_named, dtype=bool)
    ranked = np.where(named & ~np.isnan(values), values, -np.inf)
    removed = np.zeros(values.shape, bool)
    removed[np.argsort(-ranked, kind="stable")[:n]] = True
    return removed & np.isfinite(ranked)


def n_minus_supply(supply: npt.ArrayLike, is_removed: npt.ArrayLike) -> float:
    """(S - S_removed) / S, 0 to 1; NaN if the total is zero or a supply is unknown.

    Raises:
        ValueError: the arrays differ in length, or a supply is negative.
    Source: spec/methods.md M13; International Energy Agency, N-1 of critical minerals.
    """
    values, removed = _checked(supply, is_removed)
    total = values.sum()
    return float(values[~removed].sum() / total) if total > 0 else np.nan


def n_minus_balance(
    supply: npt.ArrayLike, own_use: npt.ArrayLike, is_removed: npt.ArrayLike, total_use: float
) -> float:
    """(S - S_removed) / (D - D_removed); 1 and more where the rest can serve the rest.

    Args:
        supply: S of each supplier, shape (n_suppliers,).
        own_use: D of the same countries, on the basis and at the stage of the supply; only that of
            the removed ones is needed, the others may be unknown (NaN).
        is_removed: who stops.
        total_use: D of everybody.
    Returns:
        NaN if a figure is unknown or if nobody else uses anything (D <= D_removed).
    Raises:
        ValueError: the arrays differ in length, or a supply is negative.
    Source: spec/methods.md M13.
    """
    values, removed = _checked(supply, is_removed)
    use = np.asarray(own_use, dtype=float)
    if use.shape != values.shape:
        raise ValueError("own_use and supply differ in length")
    use_left = total_use - use[removed].sum()
    return float(values[~removed].sum() / use_left) if use_left > 0 else np.nan


def apparent_use(
    production: npt.ArrayLike, imports: npt.ArrayLike, exports: npt.ArrayLike
) -> Floats:
    """P + M - X, shape (n,): use of a country without stocks; NaN if negative or unknown.

    A negative use means that the three figures are not on one basis, or that goods pass through.
    """
    p, m, x = (np.asarray(a, dtype=float) for a in (production, imports, exports))
    use = p + m - x
    return np.where(use >= 0, use, np.nan)


def _checked(supply: npt.ArrayLike, is_removed: npt.ArrayLike) -> tuple[Floats, Flags]:
    values, removed = np.asarray(supply, dtype=float), np.asarray(is_removed, dtype=bool)
    if values.ndim != 1 or values.shape != removed.shape:
        raise ValueError("supply and is_removed have one value per supplier")
    if (values < 0).any():
        raise ValueError("a supply is not negative")
    return values, removed
