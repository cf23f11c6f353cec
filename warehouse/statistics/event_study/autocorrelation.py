"""Warehouse, methods: how far noise alone carries an effect that is linear in the noise.

The relative noise of a flow is taken as a first-order autoregression, its variance and memory from
the baseline's residuals: months are no independent draws, and one flow has no clusters to lean on.
"""

from __future__ import annotations

import numpy as np

from warehouse.statistics.event_study.ppml import Forecast
from warehouse.statistics.event_study.seasonal_calendar import Floats

STRONGEST_MEMORY = 0.9


def ar1_coefficient(residuals: Floats) -> float:
    """Autocorrelation at one slot, raised by what short series hide of it; never negative."""
    if residuals.size < 8 or not np.any(residuals):
        return 0.0
    raw = float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
    return float(np.clip(raw + (1 + 4 * raw) / residuals.size, 0.0, STRONGEST_MEMORY))


def standard_error(weights: Floats, told: Forecast) -> float:
    """Of Σ weights · noise; weights reach over all slots, the later ones included."""
    residuals = told.residuals[told.baseline]
    spare = residuals.size - told.n_parameters
    if spare < 1:
        return float("nan")
    variance = float(residuals @ residuals) / spare
    place = np.arange(weights.size)
    memories = ar1_coefficient(residuals) ** np.abs(place[:, None] - place[None, :])
    return float(np.sqrt(variance * (weights @ memories @ weights)))
