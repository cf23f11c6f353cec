"""GeoPolRisk: import risk times concentration of production, published form and netted (M8)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from warehouse.statistics.supply_risk.concentration import Floats, herfindahl, supplier_shares

#: Characterization factor of copper, average of the OECD countries 2017-2021 (kUSD per tonne).
COPPER_FACTOR = 0.409412948


@dataclass(frozen=True)
class GeoPolRisk:
    """Score (0 to 1), import risk (0 to 1), HHI of production (0 to 1), factor (kg Cu-eq per kg).

    NaN is unknown; `null_reason` then states why: no_production, no_trade_and_no_production,
    missing_quantity, missing_governance. `characterization_factor` is also NaN without a price.
    """

    score: float
    import_risk: float
    hhi_production: float
    characterization_factor: float
    null_reason: str | None


def import_risk(
    import_quantity: npt.ArrayLike, instability: npt.ArrayLike, domestic_production: float
) -> float:
    """Σ g f / (p + F), 0 to 1; NaN where p + F is zero or a figure is unknown.

    Args:
        import_quantity: f, tonnes imported from each supplier, shape (n_suppliers,).
        instability: g of each supplier, 0 to 1 (political stability); the published form gives a
            supplier within the bloc 0 and leaves its tonnes in F.
        domestic_production: p, tonnes on the basis of the imports.
    Raises:
        ValueError: the arrays differ in length, or a figure is outside its range.
    Source: spec/methods.md M8; Koyamparambath et al. (2024), geopolrisk-py.
    """
    f, g = _pair(import_quantity, instability)
    if domestic_production < 0:
        raise ValueError("domestic production is not negative")
    supplied = domestic_production + f.sum()
    if not supplied > 0:
        return np.nan
    return float(np.where(f == 0, 0.0, f * g).sum() / supplied)


def score(hhi_production: npt.ArrayLike, risk: npt.ArrayLike) -> Floats:
    """HHI of production times import risk, 0 to 1, shape (n,).

    Source: spec/methods.md M8.
    """
    return np.asarray(hhi_production, dtype=float) * np.asarray(risk, dtype=float)


def characterization_factor(score: npt.ArrayLike, price: npt.ArrayLike) -> Floats:
    """Score x price / 0.409412948, kg copper equivalents per kg, shape (n,).

    Args:
        price: import price in thousand USD per tonne; NaN where unknown.
    Source: spec/methods.md M8.
    """
    return np.asarray(score, dtype=float) * np.asarray(price, dtype=float) / COPPER_FACTOR


def geopolrisk(
    import_quantity: npt.ArrayLike,
    instability: npt.ArrayLike,
    production_quantity: npt.ArrayLike,
    domestic_production: float,
    price: float = np.nan,
) -> GeoPolRisk:
    """The published form, `geopolrisk_lib`, of one importer, material and year.

    Args:
        import_quantity, instability: per supplier, see `import_risk`.
        production_quantity: of every producing country of the world, shape (n_producers,), tonnes.
        domestic_production: of the importer, tonnes; 0 where it is known to produce nothing.
        price: import price, thousand USD per tonne.
    Raises:
        ValueError: a figure is outside its range.
    Source: spec/methods.md M8.
    """
    hhi = herfindahl(supplier_shares(production_quantity))
    risk = import_risk(import_quantity, instability, domestic_production)
    value = float(score(hhi, risk))
    reason = None
    if np.isnan(value):
        reason = _null_reason(import_quantity, production_quantity, domestic_production)
    return GeoPolRisk(value, risk, hhi, float(characterization_factor(value, price)), reason)


def geopolrisk_netted(
    import_quantity: npt.ArrayLike,
    instability: npt.ArrayLike,
    is_intra_bloc: npt.ArrayLike,
    production_quantity: npt.ArrayLike,
    domestic_production: float,
    price: float = np.nan,
) -> GeoPolRisk:
    """The score of a bloc with its inner trade taken out of numerator and total.

    The published form counts tonnes between members in F and their production in p as well, which
    lowers the risk of a bloc. Without members among the suppliers the two forms are equal.

    Args:
        is_intra_bloc: whether a supplier is a member, shape (n_suppliers,).
        domestic_production: of all members together, tonnes.
    Raises:
        ValueError: a figure is outside its range.
    Source: spec/methods.md M8.
    """
    f, g = _pair(import_quantity, instability)
    inner = np.asarray(is_intra_bloc, dtype=bool)
    if inner.shape != f.shape:
        raise ValueError("is_intra_bloc and import_quantity differ in length")
    return geopolrisk(f[~inner], g[~inner], production_quantity, domestic_production, price)


def _pair(import_quantity: npt.ArrayLike, instability: npt.ArrayLike) -> tuple[Floats, Floats]:
    f, g = (np.asarray(a, dtype=float) for a in (import_quantity, instability))
    if f.ndim != 1 or f.shape != g.shape:
        raise ValueError("import_quantity and instability have one value per supplier")
    if (f < 0).any() or (g < 0).any() or (g > 1).any():
        raise ValueError("imports are not negative, instability is 0 to 1")
    return f, g


def _null_reason(imports: npt.ArrayLike, production: npt.ArrayLike, domestic: float) -> str:
    f, p = np.asarray(imports, dtype=float), np.asarray(production, dtype=float)
    if np.isnan(f).any() or np.isnan(p).any() or np.isnan(domestic):
        return "missing_quantity"
    if f.sum() + domestic == 0:
        return "no_trade_and_no_production"
    return "no_production" if p.sum() == 0 else "missing_governance"
