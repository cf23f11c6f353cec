"""Reliability weights: the errors of exporters and importers, corrected by reference flows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

#: Reports that differ by less are equal up to rounding and exchange rates.
ROUNDING = 0.02
#: Pseudo-flows with an average error that are added to each reporter.
SHRINKAGE = 5.0
#: Weights are inverse variances, and errors are standard deviations.
POWER = 2.0
#: Degrees of freedom of Student's t: other years sometimes differ by much.
DEGREES_OF_FREEDOM = 3.0


@dataclass(frozen=True)
class Errors:
    """Typical size of ln(M/X): exp(level + exporter + importer); arrays of shape (n_countries,)."""

    level: float
    exporter: Floats
    importer: Floats


@dataclass(frozen=True)
class Weights:
    """Log odds of the exporter's report: constant + exporter + importer."""

    constant: float
    exporter: Floats
    importer: Floats

    def of(self, exporter: Ints, importer: Ints) -> Floats:
        """Weight of the exporter's report, 0 to 1, one per flow."""
        odds = self.constant + self.exporter[exporter] + self.importer[importer]
        share: Floats = 1.0 / (1.0 + np.exp(-odds))
        return share


def errors(
    log_gap: Floats, size: Floats, exporter: Ints, importer: Ints, n_countries: int
) -> Errors:
    """Two-way variance components of ln|ln(M/X)|.

    A missing report of the partner (NaN) counts as an error like the worst tenth of the two-sided
    flows; since it may be the fault of either side, its weight is at most a half, and grows with
    the size of the flow.

    Args:
        log_gap: ln(M/X) after freight, shape (n_flows,); NaN if the partner has no report.
        size: value in USD, shape (n_flows,).
        exporter: index of the country, shape (n_flows,); likewise `importer`.
    Source: spec/methods.md M12, step 2; Gaulier and Zignago (2010).
    """
    is_two_sided = np.isfinite(log_gap)
    distance = np.abs(np.where(is_two_sided, log_gap, 0.0))
    worst = float(np.quantile(distance[is_two_sided], 0.9)) if is_two_sided.any() else 1.0
    outcome = np.log(np.where(is_two_sided, distance, worst) + ROUNDING)
    one_sided_weight = 0.5 * np.clip(np.log10(np.maximum(size, 1.0)) / 3 - 1, 0, 1)
    weight = np.where(is_two_sided, 1.0, one_sided_weight)
    total = max(float(weight.sum()), 1e-9)
    by_exporter = np.bincount(exporter, weight, n_countries) + SHRINKAGE
    by_importer = np.bincount(importer, weight, n_countries) + SHRINKAGE
    level, of_exporter, of_importer = 0.0, np.zeros(n_countries), np.zeros(n_countries)
    for _ in range(100):
        rest = outcome - of_exporter[exporter] - of_importer[importer]
        level = float((weight * rest).sum()) / total
        rest = weight * (outcome - level - of_importer[importer])
        of_exporter = np.bincount(exporter, rest, n_countries) / by_exporter
        rest = weight * (outcome - level - of_exporter[exporter])
        of_importer = np.bincount(importer, rest, n_countries) / by_importer
    return Errors(level, of_exporter, of_importer)


def inverse_variance(found: Errors) -> Weights:
    """Weights from the declarations alone: inverse variances of the reporters' errors.

    Source: spec/methods.md M12, step 2.
    """
    return Weights(0.0, -POWER * found.exporter, POWER * found.importer)


@dataclass(frozen=True)
class ReferenceFlows:
    """CEPII's value of pairs of declarations, with its log standard deviation (`spread`).

    For an earlier year `log_value` is scaled to the period; where `is_upper_bound` the flow was
    not listed, and `log_value` is its upper bound.
    """

    exporter: Ints
    importer: Ints
    x: Floats
    m: Floats
    log_value: Floats
    spread: Floats
    is_upper_bound: NDArray[np.bool_]

    @property
    def size(self) -> int:
        return self.x.size

    def every(self, step: int) -> ReferenceFlows:
        return ReferenceFlows(*(getattr(self, column.name)[::step] for column in fields(self)))


def combine(parts: Sequence[ReferenceFlows]) -> ReferenceFlows:
    """Concatenate reference flows."""
    return ReferenceFlows(
        *(
            np.concatenate([getattr(w, column.name) for w in parts])
            for column in fields(ReferenceFlows)
        )
    )


@dataclass(frozen=True)
class LearntWeights:
    """Weights that an earlier year showed, with their information (inverse variance, log odds).

    `information` has shape (2 n_countries + 1,): the constant, exporters, importers; where nothing
    was learnt it is 0 and the weight NaN.
    """

    weights: Weights
    information: Floats

    def or_else(self, declared: Weights) -> Weights:
        """The learnt weights; those of the declarations where there are none."""
        return Weights(
            self.weights.constant,
            np.where(np.isnan(self.weights.exporter), declared.exporter, self.weights.exporter),
            np.where(np.isnan(self.weights.importer), declared.importer, self.weights.importer),
        )


def information(weights: Weights, flows: ReferenceFlows) -> Floats:
    """Diagonal of the information of `flows` on the log odds, as in `LearntWeights`."""
    n = weights.exporter.size
    share = weights.of(flows.exporter, flows.importer)
    value = share * flows.x + (1 - share) * flows.m
    deviation = (np.log(value) - flows.log_value) / flows.spread
    slope = (flows.x - flows.m) / value * share * (1 - share) / flows.spread
    each = slope**2 * (DEGREES_OF_FREEDOM + 1) / (DEGREES_OF_FREEDOM + deviation**2)
    return np.concatenate(
        [
            [each.sum()],
            np.bincount(flows.exporter, each, n),
            np.bincount(flows.importer, each, n),
        ]
    )
