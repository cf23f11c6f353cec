"""Supply risk and economic importance as the European Commission computes them (M6)."""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt

from warehouse.statistics.supply_risk.concentration import Floats

SupplyUsed = Literal["global_and_sourcing", "global_only", "sourcing_only"]
#: What the Commission's tables print in the column "supply used".
PRINTED_SUPPLY_USED: dict[str, SupplyUsed] = {
    "GS + EUS": "global_and_sourcing",
    "GS only": "global_only",
    "EUS only": "sourcing_only",
}
#: A material is critical from these values on (EU 2017, 2020, 2023).
SUPPLY_RISK_THRESHOLD = 1.0
ECONOMIC_IMPORTANCE_THRESHOLD = 2.8
#: The largest sector has this value on the Commission's scale of value added.
VALUE_ADDED_SCALE = 10.0


def import_reliance(
    imports: npt.ArrayLike, exports: npt.ArrayLike, production: npt.ArrayLike
) -> Floats:
    """(M - X) / (P + M - X), clipped to 0..1; NaN where nothing is used or a figure is unknown.

    Args:
        imports, exports, production: of one stage, in one unit and on one basis, shape (n,).
    Raises:
        ValueError: a figure is negative.
    Source: spec/methods.md M6.
    """
    m, x, p = np.broadcast_arrays(
        *(np.asarray(a, dtype=float) for a in (imports, exports, production))
    )
    if (m < 0).any() or (x < 0).any() or (p < 0).any():
        raise ValueError("imports, exports and production are not negative")
    used = p + m - x
    ratio = (m - x) / np.where(used > 0, used, np.nan)
    return np.clip(ratio, 0.0, 1.0)


def supply_risk(
    hhi_global: npt.ArrayLike,
    hhi_sourcing: npt.ArrayLike,
    import_reliance: npt.ArrayLike,
    eol_rir: npt.ArrayLike,
    substitution: npt.ArrayLike,
    supply_used: str | npt.ArrayLike = "global_and_sourcing",
) -> Floats:
    """[HHI(global) IR/2 + HHI(sourcing) (1 - IR/2)] (1 - EoL-RIR) SI, shape (n,), about 0 to 10.

    An argument that the rule of `supply_used` does not need may be unknown (NaN); any other
    unknown makes the result unknown.

    Args:
        hhi_global, hhi_sourcing: governance-weighted HHI with the trade factor, 0 to 10, of the
            world's supply and of the entity's own sourcing (`weighted_herfindahl`).
        import_reliance: share 0 to 1.
        eol_rir: end-of-life recycling input rate, share 0 to 1.
        substitution: the index SI(SR), 0 to 1; 1 means that nothing substitutes.
        supply_used: `SupplyUsed`, one for all or one per case. With one of the two supplies only,
            its HHI replaces the weighted mean.
    Raises:
        ValueError: a share is outside 0 to 1, an HHI is negative, or an unknown `supply_used`.
    Source: spec/methods.md M6; European Commission, Study on the review of the list of critical
        raw materials (2017), annex on the methodology.
    """
    gs, eus, ir, rir, si = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(a, dtype=float))
          for a in (hhi_global, hhi_sourcing, import_reliance, eol_rir, substitution))
    )  # fmt: skip
    for name, share in (("import_reliance", ir), ("eol_rir", rir), ("substitution", si)):
        if (share < 0).any() or (share > 1).any():
            raise ValueError(f"{name} is a share of 0 to 1")
    if (gs < 0).any() or (eus < 0).any():
        raise ValueError("an HHI is not negative")
    used = np.broadcast_to(np.asarray(supply_used, dtype=object), gs.shape)
    if unknown := set(used.tolist()) - set(PRINTED_SUPPLY_USED.values()):
        raise ValueError(f"supply_used: {sorted(map(str, unknown))}")
    mean = gs * ir / 2 + eus * (1 - ir / 2)
    supply = np.where(used == "global_only", gs, np.where(used == "sourcing_only", eus, mean))
    return supply * (1 - rir) * si


def economic_importance(
    use_share: npt.ArrayLike,
    value_added: npt.ArrayLike,
    substitution: float,
    largest_value_added: float,
) -> float:
    """Σ (A Q) SI, 0 to 10, of one material; NaN if a share, value added or the index is unknown.

    Args:
        use_share: share of the material's use in each sector (0 to 1), shape (n_sectors,).
        value_added: of these sectors, in one currency.
        substitution: the index SI(EI), 0 to 1.
        largest_value_added: of the largest sector, which has 10 on the Commission's scale.
    Raises:
        ValueError: the arrays differ in length, shares add up to more than 1.05 (they are printed
            in whole per cents), or the largest value added is not positive.
    Source: spec/methods.md M6.
    """
    shares, added = np.asarray(use_share, dtype=float), np.asarray(value_added, dtype=float)
    if shares.shape != added.shape:
        raise ValueError("use_share and value_added differ in length")
    if (shares < 0).any() or np.nansum(shares) > 1.05:
        raise ValueError("use shares are 0 to 1 and add up to 1")
    if not largest_value_added > 0:
        raise ValueError("the largest value added is positive")
    if not shares.size:
        return np.nan
    scaled = VALUE_ADDED_SCALE * added / largest_value_added
    return float((shares * scaled).sum() * substitution)


def is_critical(risk: npt.ArrayLike, importance: npt.ArrayLike) -> list[bool | None]:
    """Whether both thresholds are reached; None where a value is unknown and decides.

    Source: spec/methods.md M6.
    """
    decided: list[bool | None] = []
    for sr, ei in zip(np.atleast_1d(risk), np.atleast_1d(importance), strict=True):
        passed = [
            None if np.isnan(value) else bool(value >= threshold)
            for value, threshold in (
                (sr, SUPPLY_RISK_THRESHOLD),
                (ei, ECONOMIC_IMPORTANCE_THRESHOLD),
            )
        ]
        decided.append(False if False in passed else None if None in passed else True)
    return decided


def bottleneck_stage(risk_by_stage: dict[str, float]) -> str | None:
    """The stage of the highest supply risk (first by name where equal); None if none is known.

    Source: spec/methods.md M6.
    """
    known = {stage: risk for stage, risk in risk_by_stage.items() if not np.isnan(risk)}
    return min(known, key=lambda stage: (-known[stage], stage)) if known else None
