"""Warehouse, methods: Poisson pseudo-maximum-likelihood forecast of an undisturbed flow.

E[q] = exposure · exp(season + trend), fitted to the baseline alone. A dummy for every later slot,
as M10 writes it, fits those slots exactly and leaves the baseline's coefficients alone; the effect
of a window is then ln(Σ q / Σ μ), and one fit serves all windows. Zeros are no trouble. Where a
control index is the exposure, it takes the place of the time effects (difference-in-differences).
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import SLOTS_PER_YEAR, Flags, Floats, Slots


@dataclass(frozen=True)
class Forecast:
    """What the flow would have been, slot by slot (NaN where the baseline does not tell), and how
    the relative noise of the baseline moves it: `influence @ u` is the relative error of `mu`."""

    mu: Floats
    influence: Floats
    residuals: Floats
    baseline: Flags
    n_parameters: int


def forecast(slots: Slots, baseline: Flags, exposure: Floats | None = None) -> Forecast:
    """Fit the baseline, foretell every slot. NaN throughout where nothing can be fitted."""
    known = baseline & np.isfinite(slots.kg)
    index = np.ones(slots.kg.size) if exposure is None else exposure
    known &= np.isfinite(index) & (index > 0)
    # a season without any trade has the coefficient minus infinity: nothing is foretold for it
    totals = np.bincount(slots.season[known], weights=slots.kg[known], minlength=SLOTS_PER_YEAR)
    seasons = np.flatnonzero(totals > 0)
    known &= np.isin(slots.season, seasons)
    told = np.isin(slots.season, seasons) & np.isfinite(index) & (index > 0)
    n_parameters = seasons.size + 1
    if known.sum() <= n_parameters:
        return _nothing(slots, known, n_parameters)
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
    mu[told] = scale * index[told] * np.exp(design[told] @ beta)
    weighted = design[known] * mu[known, None]
    bread = np.linalg.inv(design[known].T @ weighted)
    influence = np.zeros((slots.kg.size, slots.kg.size))
    influence[:, known] = design @ bread @ weighted.T
    residuals = np.zeros(slots.kg.size)
    residuals[known] = slots.kg[known] / mu[known] - 1
    return Forecast(mu, influence, residuals, known, n_parameters)


def _fit(kg: Floats, design: Floats, index: Floats) -> Floats:
    # heavy to load: a run in which every flow is blocked never comes here
    from statsmodels.genmod.families import Poisson  # type: ignore[import-untyped]
    from statsmodels.genmod.generalized_linear_model import (  # type: ignore[import-untyped]
        GLM,
    )

    with warnings.catch_warnings():
        # few and empty slots can be fitted exactly: the forecast is then as good as they are
        warnings.simplefilter("ignore")
        fitted = GLM(kg, design, family=Poisson(), exposure=index).fit(tol=1e-10, maxiter=100)
    return np.asarray(fitted.params)


def _nothing(slots: Slots, known: Flags, n_parameters: int) -> Forecast:
    size = slots.kg.size
    return Forecast(
        np.full(size, np.nan), np.zeros((size, size)), np.zeros(size), known, n_parameters
    )
