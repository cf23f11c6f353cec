"""Synthetic monthly flows of known truth.

They have growth, season, Lunar New Year, autocorrelated noise, a demand cycle shared with siblings,
stock-building and lumpy licences.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from warehouse.statistics.event_study.seasonal_calendar import Event, Floats, Slots, to_slots

#: Announced on a day of October, in force from December, as with graphite in 2023.
EVENT = Event(date(2023, 10, 20), date(2023, 12, 1))


@dataclass(frozen=True)
class Truth:
    """The parameters of a flow, as logs unless named shares."""

    effect_share: float = 0.0
    noise: float = 0.15
    ar1_coefficient: float = 0.3
    holiday: float = 0.35
    anticipation_share: float = 0.0
    cycle: float = 0.0
    zero_share: float = 0.0
    is_lumpy: bool = False
    years: int = 8
    n_siblings: int = 3


@dataclass(frozen=True)
class SyntheticFlow:
    flow: Slots
    siblings: Sequence[Slots]


def make_flow(seed: int, truth: Truth, event: Event = EVENT) -> SyntheticFlow:
    """A flow from January of the first year to the year after the event."""
    rng = np.random.default_rng(seed)
    first = (event.effective.year + 2 - truth.years) * 12
    months = np.arange(first, first + truth.years * 12)
    cycle = truth.cycle * _ar1_noise(rng, months.size, 0.9)
    kg = _normal(rng, months, truth) * np.exp(cycle)
    in_force = months >= event.in_force_from
    if truth.is_lumpy:
        # a licence every few months, with the trade of the months before
        lumps = rng.random(int(in_force.sum())) < 0.4
        kg[in_force] *= lumps / 0.4
    kg[in_force] *= 1 + truth.effect_share
    kg[(months >= event.untouched_until) & ~in_force] *= 1 + truth.anticipation_share
    siblings = [
        to_slots(first, _normal(rng, months, truth) * np.exp(cycle))
        for _ in range(truth.n_siblings)
    ]
    return SyntheticFlow(to_slots(first, kg), siblings)


def _normal(rng: np.random.Generator, months: np.ndarray, truth: Truth) -> Floats:
    """An undisturbed flow: about a hundred tonnes a month."""
    season = rng.normal(0, 0.15, 12)[months % 12]
    growth = rng.normal(0.03, 0.05) * (months - months[0]) / 12
    noise = truth.noise * _ar1_noise(rng, months.size, truth.ar1_coefficient)
    kg = 1e5 * np.exp(season + growth + noise)
    # the holiday reduces one month, or parts of both
    january = rng.random(months.size // 12 + 1)[(months - months[0]) // 12]
    kg *= 1 - truth.holiday * np.where(
        months % 12 == 0, january, np.where(months % 12 == 1, 1 - january, 0)
    )
    return np.where(rng.random(months.size) < truth.zero_share, 0.0, kg)


def _ar1_noise(rng: np.random.Generator, size: int, coefficient: float) -> Floats:
    """A first-order autoregression of unit variance."""
    draws = rng.normal(0, 1, size)
    for n in range(1, size):
        draws[n] = coefficient * draws[n - 1] + np.sqrt(1 - coefficient**2) * draws[n]
    return draws
