"""Whose declaration to believe: how exporters and importers err, and what other years say of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Two reports this close tell no more than rounding and exchange rates.
ROUNDING = 0.02
#: Pseudo-flows with an average error that each reporter begins with.
SHRINKAGE = 5.0
#: Weights are inverse variances, and errors are standard deviations.
POWER = 2.0
#: Student's degrees of freedom: other years now and then say something quite different.
FREEDOM = 3.0
#: Standard deviation, in log odds, of what other years may add to a reporter's weight.
LEEWAY = 1.0


@dataclass(frozen=True)
class Errors:
    """Typical size of ln(M/X) as a product of the exporter's and the importer's share in it."""

    level: float
    exporter: Floats
    importer: Floats


@dataclass(frozen=True)
class Weights:
    """log odds of the exporter's report = constant + exporter + importer."""

    constant: float
    exporter: Floats
    importer: Floats

    def of(self, exporter: Ints, importer: Ints) -> Floats:
        odds = self.constant + self.exporter[exporter] + self.importer[importer]
        share: Floats = 1.0 / (1.0 + np.exp(-odds))
        return share


def errors(
    log_gap: Floats, size: Floats, exporter: Ints, importer: Ints, n_countries: int
) -> Errors:
    """Two-way variance components of ln|ln(M/X)|; NaN is a report that the partner is silent on.

    Silence is as wrong as the worst tenth of the answered reports, says it of either side (hence
    half a vote), and the more the larger the flow.
    """
    answered = np.isfinite(log_gap)
    distance = np.abs(np.where(answered, log_gap, 0.0))
    worst = float(np.quantile(distance[answered], 0.9)) if answered.any() else 1.0
    outcome = np.log(np.where(answered, distance, worst) + ROUNDING)
    vote = np.where(answered, 1.0, 0.5 * np.clip(np.log10(np.maximum(size, 1.0)) / 3 - 1, 0, 1))
    total = max(float(vote.sum()), 1e-9)
    by_exporter = np.bincount(exporter, vote, n_countries) + SHRINKAGE
    by_importer = np.bincount(importer, vote, n_countries) + SHRINKAGE
    level, of_exporter, of_importer = 0.0, np.zeros(n_countries), np.zeros(n_countries)
    for _ in range(100):
        rest = outcome - of_exporter[exporter] - of_importer[importer]
        level = float((vote * rest).sum()) / total
        rest = vote * (outcome - level - of_importer[importer])
        of_exporter = np.bincount(exporter, rest, n_countries) / by_exporter
        rest = vote * (outcome - level - of_exporter[exporter])
        of_importer = np.bincount(importer, rest, n_countries) / by_importer
    return Errors(level, of_exporter, of_importer)


def inverse_variance(found: Errors) -> Weights:
    """Weights out of the declarations alone."""
    return Weights(0.0, -POWER * found.exporter, POWER * found.importer)


@dataclass(frozen=True)
class ReferenceFlows:
    """What CEPII's reconciled value says of two declarations, and how surely (`spread`).

    Of an earlier year `log_value` is brought to the period's level; where `is_ceiling` the flow was
    absent and can at most have been so large.
    """

    exporter: Ints
    importer: Ints
    x: Floats
    m: Floats
    log_value: Floats
    spread: Floats
    is_ceiling: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return self.x.size

    def every(self, step: int) -> ReferenceFlows:
        return ReferenceFlows(*(getattr(self, column.name)[::step] for column in fields(self)))


def combine(heard: Sequence[ReferenceFlows]) -> ReferenceFlows:
    return ReferenceFlows(
        *(
            np.concatenate([getattr(w, column.name) for w in heard])
            for column in fields(ReferenceFlows)
        )
    )


def adjust_weights(prior: Weights, seen: ReferenceFlows) -> Weights:
    """The weights under which our values look most like those that the witness tells."""
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # slow, only with data

    n = prior.exporter.size
    base = prior.exporter[seen.exporter] + prior.importer[seen.importer]
    slope = seen.x - seen.m

    def looked_at(theta: Floats) -> tuple[Floats, Floats]:
        """How far off each flow is, in spreads, and how that moves with the log odds."""
        odds = base + theta[0] + theta[1 : n + 1][seen.exporter] + theta[n + 1 :][seen.importer]
        share = 1.0 / (1.0 + np.exp(-odds))
        value = share * seen.x + (1 - share) * seen.m
        off = (np.log(value) - seen.log_value) / seen.spread
        off = np.where(seen.is_ceiling, np.maximum(off, 0.0), off)
        return off, slope / value * share * (1 - share) / seen.spread

    def summed(flows: Floats) -> Floats:
        return np.concatenate(
            [
                [flows.sum()],
                np.bincount(seen.exporter, flows, n),
                np.bincount(seen.importer, flows, n),
            ]
        )

    ridge = np.append(0.0, np.full(2 * n, LEEWAY**-2))
    # a reporter of a thousand flows and one of two bend the likelihood very differently
    off, move = looked_at(np.zeros(2 * n + 1))
    bend = summed(move**2 * (FREEDOM + 1) / (FREEDOM + off**2)) + ridge
    unit = 1.0 / np.sqrt(np.maximum(bend, 1e-9))

    def loss(units: Floats) -> tuple[float, Floats]:
        theta = units * unit
        off, move = looked_at(theta)
        push = (FREEDOM + 1) * off / (FREEDOM + off**2) * move
        total = (FREEDOM + 1) / 2 * np.log1p(off**2 / FREEDOM).sum() + ridge @ theta**2 / 2
        return float(total), unit * (summed(push) + ridge * theta)

    found = minimize(
        loss, np.zeros(2 * n + 1), jac=True, method="L-BFGS-B", options={"maxiter": 150}
    )
    theta = found.x * unit
    return Weights(
        float(theta[0]), prior.exporter + theta[1 : n + 1], prior.importer + theta[n + 1 :]
    )
