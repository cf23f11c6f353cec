"""Freight in the importer's value, estimated where both sides agree on the tonnage."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Freight is never negative and at most a fifth of the value (Harvard Growth Lab).
BOUNDS = (0.0, float(np.log(1.2)))
#: Default of the IMF's Direction of Trade Statistics: 6 per cent.
PRIOR = float(np.log(1.06))
PRIOR_FLOWS = 30
#: Variance of ln(USD/kg) and of ln km among those flows: prices differ by a factor of e^2,
#: distances by one of e. It keeps a few flows of one product from deciding another's freight.
SPREAD_OF_PRICES, SPREAD_OF_DISTANCES = 4.0, 1.0
#: Tonnages within 10 per cent are the same goods; prices that differ by a factor of two are not.
SAME_WEIGHT, SAME_PRICE = 0.1, float(np.log(2))


@dataclass(frozen=True)
class Freight:
    """ln(CIF/FOB) = constant + by_unit_value * ln(USD/kg) + by_distance * ln(km / 3000)."""

    constant: float
    by_unit_value: float
    by_distance: float
    n_flows: int

    def of(self, log_unit_value: Floats, log_distance: Floats) -> Floats:
        """The log freight rate of each flow, within `BOUNDS`; a missing covariate counts as 0."""
        rate = (
            self.constant
            + self.by_unit_value * np.nan_to_num(log_unit_value)
            + self.by_distance * np.nan_to_num(log_distance)
        )
        return np.clip(rate, *BOUNDS)


CITED = Freight(PRIOR, 0.0, 0.0, 0)


def estimate(
    log_gap: Floats,
    log_weight_gap: Floats,
    log_unit_value: Floats,
    log_distance: Floats,
    prior: Freight = CITED,
) -> Freight:
    """Huber regression of the price gap on unit value and distance, shrunk towards `prior`.

    Args:
        log_gap: ln(M/X) of values, shape (n_flows,); the other arrays have the same shape.
        log_weight_gap: ln of the ratio of the declared tonnages.
        log_unit_value: ln(USD/kg) of the product.
        log_distance: ln(km / 3000).
    Source: spec/methods.md M12, step 1; Gaulier and Zignago (2010); bounds of the Growth Lab.
    """
    is_used = (
        (np.abs(log_weight_gap) < SAME_WEIGHT)
        & (np.abs(log_gap) < SAME_PRICE)
        & np.isfinite(log_unit_value)
    )
    gap = np.append(log_gap[is_used], prior.constant)
    columns = [np.ones(gap.size)]
    columns += [
        np.append(np.nan_to_num(column[is_used]), 0.0) for column in (log_unit_value, log_distance)
    ]
    design = np.column_stack(columns)
    weight = np.append(np.ones(gap.size - 1), PRIOR_FLOWS)
    target = np.array([prior.constant, prior.by_unit_value, prior.by_distance])
    ridge = PRIOR_FLOWS * np.diag([1e-9, SPREAD_OF_PRICES, SPREAD_OF_DISTANCES])
    coefficients = target
    for _ in range(30):
        residual = np.abs(gap - design @ coefficients)
        scale = 1.345 * max(1.4826 * float(np.median(residual)), 1e-3)
        huber = weight * np.minimum(1.0, scale / np.maximum(residual, 1e-12))
        weighted = design * huber[:, None]
        coefficients = np.linalg.solve(
            weighted.T @ design + ridge, weighted.T @ gap + ridge @ target
        )
    constant, by_unit_value, by_distance = (float(c) for c in coefficients)
    return Freight(constant, by_unit_value, by_distance, int(is_used.sum()))
