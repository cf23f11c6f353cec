"""Countries through which a restricted flow may now travel: candidates, never an accusation."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Years whose mean is what a flow would have been.
EXPECTATION_YEARS = 3
#: Years before the event that are compared with it, each as if the event had been there.
MIN_PLACEBO_YEARS = 5
#: A hub is a candidate if its surprise exceeds the largest of all hubs and placebo years so often.
SURPRISE_FACTOR = 1.5
#: And if it may carry at least this share of what is lost.
MIN_COVERAGE_SHARE = 0.05
#: And at most so many times what is lost: more than that has another reason.
MAX_COVERAGE_RATIO = 3.0
#: Weights of the components in the score.
WEIGHTS = {"coverage": 0.4, "surprise": 0.4, "balance": 0.2}


@dataclass(frozen=True)
class Hub:
    """One possible hub; weights in the unit of the flows.

    Attributes:
        inflow_excess, outflow_excess: what came in and went out beyond expectation, 0 if less.
        matched: the smaller of both; of a producer, which needs no inflow of its own goods, too.
        coverage_share: matched over what is lost directly; may exceed 1.
        surprise_ratio: matched over its usual size, in units of the largest such ratio among all
            hubs in the placebo years.
        balance_share: the smaller of both excesses over the larger (0 to 1).
        evidence_score: weighted sum of the three components (0 to 1).
        p_placebo: share of placebo years, and the event itself, in which some hub was as unusual.
        is_candidate: surprise and coverage are both within their thresholds.
    """

    index: int
    inflow_excess: float
    outflow_excess: float
    matched: float
    coverage_share: float
    surprise_ratio: float
    balance_share: float
    evidence_score: float
    p_placebo: float
    is_candidate: bool


@dataclass(frozen=True)
class Rerouting:
    """The result of one restricted flow: what is lost, and the hubs, most evidence first."""

    lost: float
    n_placebo: int
    hubs: tuple[Hub, ...]


class NoSeriesError(ValueError):
    """The series are too short, or the restricted flow has not fallen."""


def find_hubs(direct: Floats, inflow: Floats, outflow: Floats) -> Rerouting:
    """Hubs of one restricted flow, by yearly weights whose last year is the one after the measure.

    Args:
        direct: restricted exporter to importer, shape (n_years,).
        inflow: restricted exporter to each hub, shape (n_hubs, n_years).
        outflow: each hub to the importer, shape (n_hubs, n_years).
    Raises:
        NoSeriesError: fewer than EXPECTATION_YEARS + MIN_PLACEBO_YEARS years before, or nothing is
            lost; the text says which.
    Source: spec/methods.md M11.
    """
    n_placebo = len(direct) - 1 - EXPECTATION_YEARS
    if n_placebo < MIN_PLACEBO_YEARS:
        needed = EXPECTATION_YEARS + MIN_PLACEBO_YEARS
        raise NoSeriesError(f"{len(direct) - 1} years before the measure, {needed} are needed")
    lost = -float(excess(direct[None, :])[0, -1])
    if lost <= 0:
        raise NoSeriesError("the direct flow has not fallen")
    excess_in, excess_out = excess(inflow), excess(outflow)
    matched = np.maximum(np.minimum(excess_in, excess_out), 0.0)
    usual = usual_size(excess_in, excess_out)
    ratio = matched / usual[:, None]
    # in no placebo year was any hub as unusual: the largest over all hubs stands for chance
    by_year = ratio[:, :-1].max(axis=0, initial=0.0)
    reference = max(float(by_year.max(initial=0.0)), 1e-12)
    found = []
    for index in range(len(inflow)):
        size = float(matched[index, -1])
        if size <= 0:
            continue
        into, out = float(excess_in[index, -1]), float(excess_out[index, -1])
        surprise = float(ratio[index, -1]) / reference
        balance = min(into, out) / max(into, out)
        coverage = size / lost
        score = (
            WEIGHTS["coverage"] * min(1.0, coverage)
            + WEIGHTS["surprise"] * min(1.0, surprise / (2 * SURPRISE_FACTOR))
            + WEIGHTS["balance"] * balance
        )
        as_unusual = int((by_year >= ratio[index, -1]).sum())
        found.append(
            Hub(index, into, out, size, coverage, surprise, balance, score,
                (1 + as_unusual) / (1 + n_placebo),
                surprise >= SURPRISE_FACTOR
                and MIN_COVERAGE_SHARE <= coverage <= MAX_COVERAGE_RATIO)
        )  # fmt: skip
    found.sort(key=lambda hub: (not hub.is_candidate, -hub.evidence_score, hub.index))
    return Rerouting(lost, n_placebo, tuple(found))


def excess(flows: Floats) -> Floats:
    """Flow less the mean of the years before, from the first year that has them."""
    sums = np.cumsum(np.pad(flows, ((0, 0), (1, 0))), axis=1)
    mean = (sums[:, EXPECTATION_YEARS:] - sums[:, :-EXPECTATION_YEARS]) / EXPECTATION_YEARS
    return flows[:, EXPECTATION_YEARS:] - mean[:, :-1]


def usual_size(excess_in: Floats, excess_out: Floats) -> Floats:
    """Usual deviation of a hub in the placebo years: the smaller of both root mean squares.

    At least a thousandth of the largest hub's, so that a hub without trade is not infinitely
    surprised by a first kilogram.
    """
    into = np.sqrt((excess_in[:, :-1] ** 2).mean(axis=1))
    out = np.sqrt((excess_out[:, :-1] ** 2).mean(axis=1))
    size = np.minimum(into, out)
    return np.maximum(size, max(1e-12, 1e-3 * float(size.max(initial=0.0))))
