"""Supplier shares and the Herfindahl-Hirschman index, plain and weighted by governance (M1, M3).

Everywhere in this package NaN is "unknown": it makes a result unknown and never counts as zero.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

#: Weight of a supplier without a governance estimate, where a caller asks for a default
#: (half of the scale; geopolrisk-py does the same).
DEFAULT_INSTABILITY = 0.5
#: The World Bank's estimates are standard normal units within about -2.5 to 2.5.
WGI_BEST = 2.5
WGI_RANGE = 5.0


def supplier_shares(quantity: npt.ArrayLike) -> Floats:
    """Share of each supplier, shape (n_suppliers,); NaN where the total is zero or unknown.

    Args:
        quantity: what each supplier supplies, in one unit and on one basis.
    Raises:
        ValueError: a quantity is negative or infinite.
    Source: spec/methods.md M1.
    """
    supply = _vector(quantity, "quantity")
    if (supply < 0).any() or np.isinf(supply).any():
        raise ValueError("quantity: a supply is neither negative nor infinite")
    total = supply.sum()
    return supply / total if total > 0 else np.full(supply.shape, np.nan)


def herfindahl(share: npt.ArrayLike) -> float:
    """Σ s², 0 to 1; NaN if a share is unknown or there is none.

    Raises:
        ValueError: shares outside 0 to 1, or more than 1 in all.
    Source: spec/methods.md M1.
    """
    shares = _shares(share)
    return float((shares**2).sum()) if shares.size else np.nan


def instability(estimate: npt.ArrayLike, default: float | None = None) -> Floats:
    """Instability of suppliers, g = (2.5 - WGI) / 5 clipped to 0..1, shape of `estimate`.

    Args:
        estimate: governance estimates, standard normal units; higher is better.
        default: weight where there is no estimate; None leaves it unknown.
    Source: spec/methods.md M3; GeoPolRisk uses political stability, the EU all six dimensions.
    """
    values = np.asarray(estimate, dtype=float)
    weight = np.clip((WGI_BEST - values) / WGI_RANGE, 0.0, 1.0)
    return weight if default is None else np.where(np.isnan(weight), default, weight)


def eu_governance_weight(estimate: npt.ArrayLike, default: float | None = None) -> Floats:
    """Weight of suppliers on the EU's scale of 0 to 10, 2 (2.5 - WGI) clipped, shape of `estimate`.

    Args:
        estimate: average of the six dimensions, standard normal units.
        default: weight (0 to 10) where there is no estimate; None leaves it unknown.
    Source: spec/methods.md M3 and M6.
    """
    return 10.0 * instability(estimate, None if default is None else default / 10.0)


def weighted_herfindahl(
    share: npt.ArrayLike, weight: npt.ArrayLike, trade_factor: npt.ArrayLike | None = None
) -> float:
    """Σ s² w t, on the scale of `weight`; NaN if a share, weight or factor is unknown.

    A supplier without a share (exactly 0) needs no weight.

    Args:
        share: shares of the suppliers (0 to 1).
        weight: governance weight, 0 to 1 (`instability`) or 0 to 10 (`eu_governance_weight`).
        trade_factor: the EU's t: 1 neutral, below for free-trade relief, above for restrictions.
    Raises:
        ValueError: the arrays differ in length, or a weight or factor is negative.
    Source: spec/methods.md M3 and M6.
    """
    shares = _shares(share)
    weights = _vector(weight, "weight")
    factors = np.ones(shares.shape) if trade_factor is None else _vector(trade_factor, "t")
    if not shares.shape == weights.shape == factors.shape:
        raise ValueError("share, weight and trade factor differ in length")
    if (weights < 0).any() or (factors < 0).any():
        raise ValueError("a weight or trade factor is negative")
    if not shares.size:
        return np.nan
    return float(np.where(shares == 0, 0.0, shares**2 * weights * factors).sum())


def _shares(share: npt.ArrayLike) -> Floats:
    shares = _vector(share, "share")
    if (shares < 0).any() or np.nansum(shares) > 1 + 1e-6:
        raise ValueError("share: shares are 0 to 1 and add up to at most 1")
    return shares


def _vector(values: npt.ArrayLike, name: str) -> Floats:
    array = np.asarray(values, dtype=float)
    if array.ndim != 1:
        raise ValueError(f"{name}: one value per supplier, not an array of shape {array.shape}")
    return array
