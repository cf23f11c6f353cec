"""Standard errors of effects that are linear in autocorrelated noise.

The relative noise of a flow is modelled as a first-order autoregression with variance and
coefficient from the baseline's residuals: months are not independent, and one flow has no clusters.
"""

from __future__ import annotations

import numpy as np

from warehouse.statistics.event_study.ppml import Forecast
from warehouse.statistics.event_study.seasonal_calendar import Floats

MAX_AR1_COEFFICIENT = 0.9


def ar1_coefficient(residuals: Floats) -> float:
    """First-order autocorrelation, corrected for the bias of short series, 0 to 0.9.

    Source: r + (1 + 4 r) / n, Kendall (1954); Marriott and Pope (1954).
    """
    if residuals.size < 8 or not np.any(residuals):
        return 0.0
    raw = float(residuals[1:] @ residuals[:-1] / (residuals @ residuals))
    return float(np.clip(raw + (1 + 4 * raw) / residuals.size, 0.0, MAX_AR1_COEFFICIENT))


def estimate_standard_error(weights: Floats, forecast: Forecast) -> float:
    """Standard error of the sum of weights times noise; NaN without degrees of freedom.

    `weights` has one element per slot, the slots after the baseline included.
    """
    residuals = forecast.residuals[forecast.baseline]
    degrees_of_freedom = residuals.size - forecast.n_parameters
    if degrees_of_freedom < 1:
        return float("nan")
    variance = float(residuals @ residuals) / degrees_of_freedom
    place = np.arange(weights.size)
    correlations = ar1_coefficient(residuals) ** np.abs(place[:, None] - place[None, :])
    return float(np.sqrt(variance * (weights @ correlations @ weights)))
