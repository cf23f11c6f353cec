"""One period's declarations in, the parameters of its reconciliation out: freight and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.statistics.mirror_reconciliation import freight, reporter_reliability
from warehouse.statistics.mirror_reconciliation.reporter_reliability import (
    Errors,
    Floats,
    Ints,
    ReferenceFlows,
    Weights,
)

#: Reports within 20 per cent agree; from them the year's growth is read.
AGREEMENT_THRESHOLD = 0.2
#: Pseudo-flows with the growth of all products that each product begins with.
GROWTH_SHRINKAGE = 5.0
#: exp of the mean of ln|t| of Student's t with three degrees of freedom.
STUDENT_MEAN_LOG = 0.637
#: With fewer agreeing flows the growth between the years cannot be told.
MIN_AGREEING_FLOWS = 30
#: Reports closer than this tell nothing of whom CEPII believes.
DISAGREEMENT_THRESHOLD = 0.1
#: CEPII's value of the same two reports leaves nothing open but roundings: of the reports to
#: `reliability.ROUNDING`, of the value to a thousand dollars.
THOUSAND = 500.0
#: So many flows teach all that can be learnt of two hundred reporters.
N_TRAINING_PAIRS = 5000
#: Below this weight on average an exporter's word does not stand against its partners' silence.
MIN_EXPORTER_WEIGHT = 0.05


@dataclass(frozen=True)
class MirrorPairs:
    """Flows between two countries that both filed: arrays of one length, NaN where nothing is said.

    `before` is an earlier year's reconciled value, `ceiling` what it can at most have been where
    the earlier year does not list the flow. `told` is the reconciled value of the same year: it
    teaches the weights of later years (`lessons`) and is never heard in its own.
    """

    exporter: Ints
    importer: Ints
    product: Ints
    x: Floats
    m: Floats
    x_kg: Floats
    m_kg: Floats
    is_fob: NDArray[np.bool_]
    log_unit_value: Floats
    log_distance: Floats
    before: Floats
    prior_upper_bound: Floats
    told: Floats


@dataclass(frozen=True)
class Estimate:
    freight: freight.Freight
    errors: Errors
    weights: Weights
    is_excluded_as_unreliable: NDArray[np.bool_]
    n_reference_flows: int
    n_training_pairs: int


def estimate(
    pairs: MirrorPairs,
    n_countries: int,
    training: ReferenceFlows | None = None,
    prior: freight.Freight = freight.CITED,
) -> Estimate:
    """`learnt` are the `lessons` of earlier years: CEPII's weights are the same in all of them.

    `usual` is what freight added in those years together (`freight_rates`).
    """
    rates = freight_rates([pairs], prior)
    fob_value = pairs.m * np.exp(-_freight(pairs, rates))
    log_gap = np.log(fob_value) - np.log(pairs.x)
    size = np.fmax(pairs.x, fob_value)
    found = reporter_reliability.errors(log_gap, size, pairs.exporter, pairs.importer, n_countries)
    weights = reporter_reliability.inverse_variance(found)
    seen = reference_flows(pairs, fob_value, log_gap)
    heard = [w for w in (seen, training) if w is not None and w.size]
    if heard:
        weights = reporter_reliability.adjust_weights(weights, reporter_reliability.combine(heard))
    unheard = _unreliable_exporters(pairs, weights, n_countries)
    return Estimate(
        rates, found, weights, unheard,
        0 if seen is None else seen.size, 0 if training is None else training.size,
    )  # fmt: skip


def training_pairs(pairs: MirrorPairs, prior: freight.Freight = freight.CITED) -> ReferenceFlows:
    """Two reports apart and what CEPII made of them: this says whom it believes, in every year."""
    rate = _freight(pairs, freight_rates([pairs], prior))
    # as in the reconciliation: freight stays on where it is not what parts the two
    fob_value = pairs.m * np.exp(-np.where(np.log(pairs.m / pairs.x) > rate, 0.0, rate))
    apart = np.isfinite(pairs.told) & (np.abs(np.log(fob_value / pairs.x)) > DISAGREEMENT_THRESHOLD)
    told = pairs.told[apart]
    return ReferenceFlows(
        pairs.exporter[apart], pairs.importer[apart], pairs.x[apart], fob_value[apart],
        np.log(told), np.hypot(reporter_reliability.ROUNDING, THOUSAND / told), np.zeros(told.size, bool),
    )  # fmt: skip


def freight_rates(
    periods: Sequence[MirrorPairs], prior: freight.Freight = freight.CITED
) -> freight.Freight:
    """What parts prices where tonnages agree, of periods together or of one beside the `usual`."""
    if not periods:
        return prior

    def cif(column: Callable[[MirrorPairs], Floats]) -> Floats:
        return np.concatenate([column(pairs)[~pairs.is_fob] for pairs in periods])

    return freight.estimate(
        cif(lambda pairs: np.log(pairs.m / pairs.x)),
        cif(lambda pairs: np.log(pairs.m_kg / pairs.x_kg)),
        cif(lambda pairs: pairs.log_unit_value),
        cif(lambda pairs: pairs.log_distance),
        prior,
    )


def _freight(pairs: MirrorPairs, rates: freight.Freight) -> Floats:
    return np.where(pairs.is_fob, 0.0, rates.of(pairs.log_unit_value, pairs.log_distance))


def reference_flows(
    pairs: MirrorPairs, fob_value: Floats, log_gap: Floats
) -> ReferenceFlows | None:
    """The earlier year, brought to this period's prices and volumes by the flows that agree."""
    answered = np.isfinite(log_gap)
    known = answered & (np.isfinite(pairs.before) | np.isfinite(pairs.prior_upper_bound))
    agreed = answered & np.isfinite(pairs.before) & (np.abs(log_gap) < AGREEMENT_THRESHOLD)
    if agreed.sum() < MIN_AGREEING_FLOWS:
        return None
    log_size = 0.5 * (np.log(pairs.x) + np.log(fob_value))
    growth = _growth(
        (np.log(pairs.before) - log_size)[agreed], pairs.product[agreed], pairs.product
    )
    off = np.abs((np.log(pairs.before) - growth - log_size)[agreed])
    design = np.column_stack([np.ones(int(agreed.sum())), log_size[agreed]])
    fitted, *_ = np.linalg.lstsq(design, np.log(off + reporter_reliability.ROUNDING), rcond=None)
    spread = np.exp(fitted[0] + fitted[1] * log_size) / STUDENT_MEAN_LOG
    prior_upper_bound = np.isnan(pairs.before)
    told = np.where(prior_upper_bound, pairs.prior_upper_bound, pairs.before)
    return ReferenceFlows(
        pairs.exporter[known], pairs.importer[known], pairs.x[known], fob_value[known],
        (np.log(told) - growth)[known], spread[known], prior_upper_bound[known],
    )  # fmt: skip


def _growth(log_ratio: Floats, product: Ints, wanted: Ints) -> Floats:
    """Median growth per product, drawn to the median of all where flows are few."""
    overall = float(np.median(log_ratio))
    growth = np.full(int(wanted.max()) + 1, overall)
    order = np.argsort(product, kind="stable")
    codes, starts = np.unique(product[order], return_index=True)
    for code, ratios in zip(codes, np.split(log_ratio[order], starts[1:]), strict=True):
        own = ratios.size / (ratios.size + GROWTH_SHRINKAGE)
        growth[code] = own * float(np.median(ratios)) + (1 - own) * overall
    return growth[wanted]


def _unreliable_exporters(
    pairs: MirrorPairs, weights: Weights, n_countries: int
) -> NDArray[np.bool_]:
    """Exporters whose reports, where partners are silent, would weigh next to nothing."""
    silent = np.isfinite(pairs.x) & np.isnan(pairs.m)
    share = weights.of(pairs.exporter[silent], pairs.importer[silent])
    n = np.bincount(pairs.exporter[silent], minlength=n_countries)
    total = np.bincount(pairs.exporter[silent], share, n_countries)
    return (n > 0) & (total < MIN_EXPORTER_WEIGHT * np.maximum(n, 1))
