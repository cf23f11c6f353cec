"""Adjustment of reporter weights to reference flows: the maximum of a Student's t likelihood."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from warehouse.statistics.mirror_reconciliation.reporter_reliability import (
    DEGREES_OF_FREEDOM,
    Floats,
    Ints,
    ReferenceFlows,
    Weights,
)

#: Prior standard deviation, in log odds, of the correction of a reporter's weight.
LOG_ODDS_SD = 1.0
#: What learnt weights count beside reference flows; a diagonal overstates its information.
SHARE_OF_INFORMATION = 0.1
#: Moves of one reporter's log odds that are tried where a search has ended.
MOVES = np.concatenate([np.arange(-8.0, 0.0, 0.5), np.arange(0.5, 8.5, 0.5)])
#: A gain in log likelihood that is above rounding.
MIN_GAIN = 1e-6


def adjust_weights(
    prior: Weights, reference: ReferenceFlows, known: Floats | None = None
) -> Weights:
    """The weights under which our values are closest to the reference flows.

    Maximises a Student's t likelihood with a ridge on the log odds of reporters: `LOG_ODDS_SD`,
    and for learnt weights a `SHARE_OF_INFORMATION` of their information (`known`). The likelihood
    has several maxima, and a search may end in any of them by the last bits of its sums. From each
    end every reporter is therefore moved by itself (`MOVES`), and the search goes on from what is
    better, until no such move is.
    Source: docs/reconciliation.md, step 4.
    """
    from scipy.optimize import minimize  # type: ignore[import-untyped]  # slow to import

    n = prior.exporter.size
    ridge = np.append(0.0, np.full(2 * n, LOG_ODDS_SD**-2))
    if known is not None:
        ridge += SHARE_OF_INFORMATION * known
    problem = _Problem(prior, reference, ridge)
    # scaled, since the curvature differs by orders of magnitude between reporters
    scale = 1.0 / np.sqrt(np.maximum(problem.approximate_curvature(), 1e-9))

    def loss(scaled: Floats) -> tuple[float, Floats]:
        value, gradient = problem.loss(scaled * scale)
        return value, gradient * scale

    def hessian(scaled: Floats) -> Floats:
        return problem.hessian(scaled * scale) * scale * scale[:, None]

    # a cheap search nearly to the end, then one as near as the rounding of the loss allows
    scaled = minimize(loss, np.zeros(2 * n + 1), jac=True, method="L-BFGS-B").x
    precise = {"jac": True, "hess": hessian, "method": "trust-exact", "options": {"gtol": 1e-9}}
    is_better = True
    while is_better:
        found, is_better = problem.moved(scale * minimize(loss, scaled, **precise).x)
        scaled = found / scale
    return Weights(
        prior.constant + float(found[0]),
        prior.exporter + found[1 : n + 1],
        prior.importer + found[n + 1 :],
    )


@dataclass(frozen=True)
class _Problem:
    """Negative log likelihood of corrections of the log odds.

    `theta` and `ridge` have shape (2 n_countries + 1,): the constant, exporters, importers.
    """

    prior: Weights
    flows: ReferenceFlows
    ridge: Floats

    @property
    def n_countries(self) -> int:
        return self.prior.exporter.size

    def loss(self, theta: Floats) -> tuple[float, Floats]:
        """The loss and its gradient."""
        deviation, slope, _ = self._deviations(theta)
        gradient = _score(deviation) * slope
        total = _loss(deviation).sum() + self.ridge @ theta**2 / 2
        return float(total), self._summed(gradient) + self.ridge * theta

    def hessian(self, theta: Floats) -> Floats:
        deviation, slope, curvature = self._deviations(theta)
        nu, squared = DEGREES_OF_FREEDOM, deviation**2
        by_deviation = (nu + 1) * (nu - squared) / (nu + squared) ** 2
        each = by_deviation * slope**2 + _score(deviation) * curvature
        n = self.n_countries
        summed = self._summed(each)
        found = np.diag(summed + self.ridge)
        found[0, 1:] = found[1:, 0] = summed[1:]
        of_pair = np.bincount(self.flows.exporter * n + self.flows.importer, each, n * n)
        found[1 : n + 1, n + 1 :] = of_pair.reshape(n, n)
        found[n + 1 :, 1 : n + 1] = of_pair.reshape(n, n).T
        return found

    def approximate_curvature(self) -> Floats:
        """Diagonal of the curvature at no correction, of reweighted least squares: above zero."""
        deviation, slope, _ = self._deviations(np.zeros(self.ridge.size))
        nu = DEGREES_OF_FREEDOM
        return self._summed(slope**2 * (nu + 1) / (nu + deviation**2)) + self.ridge

    def moved(self, theta: Floats) -> tuple[Floats, bool]:
        """`theta` with each reporter's best move, and whether any of them gains.

        Each flow has one exporter and one importer, so that the gains of exporters do not depend
        on one another, nor those of importers.
        """
        n = self.n_countries
        found = theta.copy()
        for start, reporter in ((1, self.flows.exporter), (n + 1, self.flows.importer)):
            part = slice(start, start + n)
            now = self._loss_by_reporter(found, part, reporter, 0.0)
            gains = np.array(
                [now - self._loss_by_reporter(found, part, reporter, move) for move in MOVES]
            )
            found[part] += np.where(gains.max(axis=0) > MIN_GAIN, MOVES[gains.argmax(axis=0)], 0.0)
        return found, bool((found != theta).any())

    def _loss_by_reporter(self, theta: Floats, part: slice, reporter: Ints, move: float) -> Floats:
        moved = theta[part] + move
        deviation = self._deviation(self._log_odds(theta) + move)[0]
        return (
            np.bincount(reporter, _loss(deviation), self.n_countries)
            + self.ridge[part] * moved**2 / 2
        )

    def _log_odds(self, theta: Floats) -> Floats:
        n = self.n_countries
        exporter = self.prior.exporter + theta[1 : n + 1]
        importer = self.prior.importer + theta[n + 1 :]
        constant = self.prior.constant + theta[0]
        odds: Floats = constant + exporter[self.flows.exporter] + importer[self.flows.importer]
        return odds

    def _deviation(self, log_odds: Floats) -> tuple[Floats, Floats, Floats]:
        """Of each flow the deviation in spreads, the value and the exporter's share."""
        flows = self.flows
        share = 1.0 / (1.0 + np.exp(-log_odds))
        value = share * flows.x + (1 - share) * flows.m
        deviation = (np.log(value) - flows.log_value) / flows.spread
        within = flows.is_upper_bound & (deviation < 0)
        return np.where(within, 0.0, deviation), value, share

    def _deviations(self, theta: Floats) -> tuple[Floats, Floats, Floats]:
        """The deviation of each flow, and its first and second derivative by the log odds."""
        deviation, value, share = self._deviation(self._log_odds(theta))
        # below its upper bound a flow has no deviation, so neither derivative counts
        outside = ~self.flows.is_upper_bound | (deviation > 0)
        slope = (self.flows.x - self.flows.m) / value * share * (1 - share)
        curvature = slope * (1 - 2 * share) - slope**2
        spread = self.flows.spread
        return deviation, np.where(outside, slope / spread, 0.0), curvature / spread

    def _summed(self, each: Floats) -> Floats:
        n = self.n_countries
        return np.concatenate(
            [
                [each.sum()],
                np.bincount(self.flows.exporter, each, n),
                np.bincount(self.flows.importer, each, n),
            ]
        )


def _loss(deviation: Floats) -> Floats:
    nu = DEGREES_OF_FREEDOM
    loss: Floats = (nu + 1) / 2 * np.log1p(deviation**2 / nu)
    return loss


def _score(deviation: Floats) -> Floats:
    """The derivative of the loss by the deviation."""
    nu = DEGREES_OF_FREEDOM
    return (nu + 1) * deviation / (nu + deviation**2)
