"""Poisson pseudo-maximum-likelihood (PPML) forecast of an undisturbed flow.

E[q] = exposure * exp(season + trend), fitted to the baseline only. A dummy for every later slot, as
in spec/methods.md M10, fits those slots exactly and does not change the coefficients of the
baseline; the effect of a window is then ln(sum of q / sum of mu), and one fit serves all windows.
Zeros are allowed. A control index as exposure replaces the time effects, which gives a
difference-in-differences.
Source: Santos Silva and Tenreyro (2006).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import SLOTS_PER_YEAR, Flags, Floats, Slots


@dataclass(frozen=True)
class Forecast:
    """The expected flow per slot (NaN where the baseline does not determine it).

    `influence @ u` is the relative error of `mu` for the relative noise `u` of the baseline.
    """

    mu: Floats
    influence: Floats
    residuals: Floats
    baseline: Flags
    n_parameters: int


def fit_forecast(slots: Slots, baseline: Flags, exposure: Floats | None = None) -> Forecast:
    """Fit the baseline and forecast every slot (kg per month); all NaN if nothing can be fitted.

    Args:
        exposure: shape (n_slots,), 1 if None.
    """
    known = baseline & np.isfinite(slots.kg)
    index = np.ones(slots.kg.size) if exposure is None else exposure
    known &= np.isfinite(index) & (index > 0)
    # a season without trade has the coefficient minus infinity: it has no forecast
    totals = np.bincount(slots.season[known], weights=slots.kg[known], minlength=SLOTS_PER_YEAR)
    seasons = np.flatnonzero(totals > 0)
    known &= np.isin(slots.season, seasons)
    is_predicted = np.isin(slots.season, seasons) & np.isfinite(index) & (index > 0)
    n_parameters = seasons.size + 1
    if known.sum() <= n_parameters:
        return _empty_forecast(slots, known, n_parameters)
    middle = slots.number[known].mean()
    design = np.column_stack(
        [
            (slots.season[:, None] == seasons[None, :]).astype(float),
            (slots.number - middle) / SLOTS_PER_YEAR,
        ]
    )
    scale = slots.kg[known].mean()
    beta = _fit(slots.kg[known] / scale, design[known], index[known])
    mu = np.full(slots.kg.size, np.nan)
    mu[is_predicted] = scale * index[is_predicted] * np.exp(design[is_predicted] @ beta)
    weighted = design[known] * mu[known, None]
    bread = np.linalg.inv(design[known].T @ weighted)
    influence = np.zeros((slots.kg.size, slots.kg.size))
    influence[:, known] = design @ bread @ weighted.T
    residuals = np.zeros(slots.kg.size)
    residuals[known] = slots.kg[known] / mu[known] - 1
    return Forecast(mu, influence, residuals, known, n_parameters)


def _fit(kg: Floats, design: Floats, index: Floats) -> Floats:
    # slow to import, and not needed if no flow has an estimate
    from statsmodels.genmod.families import Poisson  # type: ignore[import-untyped]
    from statsmodels.genmod.generalized_linear_model import (  # type: ignore[import-untyped]
        GLM,
    )

    with warnings.catch_warnings():
        # few and empty slots may be fitted exactly, which is not an error
        warnings.simplefilter("ignore")
        fitted = GLM(kg, design, family=Poisson(), exposure=index).fit(tol=1e-10, maxiter=100)
    return np.asarray(fitted.params)


def _empty_forecast(slots: Slots, known: Flags, n_parameters: int) -> Forecast:
    size = slots.kg.size
    return Forecast(
        np.full(size, np.nan), np.zeros((size, size)), np.zeros(size), known, n_parameters
    )
