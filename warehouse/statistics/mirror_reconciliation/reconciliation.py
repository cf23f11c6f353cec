"""The parameters of the reconciliation of one period: freight and reporter weights."""

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
    LearntWeights,
    ReferenceFlows,
    Weights,
)
from warehouse.statistics.mirror_reconciliation.weight_adjustment import adjust_weights

#: Reports within 20 per cent agree; they determine the growth between the years.
AGREEMENT_THRESHOLD = 0.2
#: Pseudo-flows with the growth of all products that are added to each product.
GROWTH_SHRINKAGE = 5.0
#: exp of the mean of ln|t| of Student's t with three degrees of freedom.
STUDENT_MEAN_LOG = 0.637
#: With fewer agreeing flows the growth between the years is not estimated.
MIN_AGREEING_FLOWS = 30
#: Reports that differ by less do not show CEPII's weights.
DISAGREEMENT_THRESHOLD = 0.1
#: Rounding error of CEPII's value in USD; the reports are rounded to `ROUNDING`.
BACI_ROUNDING_USD = 500.0
#: Maximum number of training pairs, enough for two hundred reporters.
N_TRAINING_PAIRS = 5000
#: Exporters with a lower mean weight are excluded where partners report nothing.
MIN_EXPORTER_WEIGHT = 0.05
#: From this share on, what partners do not confirm counts as declared by other partners.
MIN_SHARE_DECLARED_ELSEWHERE = 0.5


@dataclass(frozen=True)
class MirrorPairs:
    """Flows between two countries that both filed; arrays of one length, NaN without a report.

    Values in USD. `prior_value` is the reconciled value of an earlier year, `prior_upper_bound` its
    maximum where the earlier year does not list the flow. `baci_value` is the reconciled value of
    the same year: it is training data for later years and not used in its own.
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
    prior_value: Floats
    prior_upper_bound: Floats
    baci_value: Floats


@dataclass(frozen=True)
class Estimate:
    """The estimated parameters of one period."""

    freight: freight.Freight
    errors: Errors
    weights: Weights
    is_unreliable: NDArray[np.bool_]
    is_declared_elsewhere: NDArray[np.bool_]
    n_reference_flows: int
    n_training_pairs: int


def estimate(
    pairs: MirrorPairs,
    n_countries: int,
    training: ReferenceFlows | None = None,
    prior: freight.Freight = freight.CITED,
    learnt: LearntWeights | None = None,
) -> Estimate:
    """Estimate freight, errors and weights of one period.

    Args:
        learnt: weights of an earlier year, used with reference flows and without training pairs.
        training: training pairs of earlier years, as CEPII's weights are the same in all years.
        prior: freight rates of earlier years together (`freight_rates`).
    Source: spec/methods.md M12, steps 1 and 2; docs/reconciliation.md.
    """
    rates = freight_rates([pairs], prior)
    fob_value = pairs.m * np.exp(-_freight(pairs, rates))
    log_gap = np.log(fob_value) - np.log(pairs.x)
    size = np.fmax(pairs.x, fob_value)
    found = reporter_reliability.errors(log_gap, size, pairs.exporter, pairs.importer, n_countries)
    weights = reporter_reliability.inverse_variance(found)
    reference = reference_flows(pairs, fob_value, log_gap)
    known = None
    if learnt is not None and reference is not None and training is None:
        weights, known = learnt.or_else(weights), learnt.information
    used = [flows for flows in (reference, training) if flows is not None and flows.size]
    if used:
        weights = adjust_weights(weights, reporter_reliability.combine(used), known)
    return Estimate(
        rates,
        found,
        weights,
        _unreliable_exporters(pairs, weights, n_countries),
        share_declared_elsewhere(pairs, n_countries) >= MIN_SHARE_DECLARED_ELSEWHERE,
        0 if reference is None else reference.size,
        0 if training is None else training.size,
    )


def training_pairs(pairs: MirrorPairs, prior: freight.Freight = freight.CITED) -> ReferenceFlows:
    """Pairs of differing reports with CEPII's value, which show the reporters' weights."""
    rate = _freight(pairs, freight_rates([pairs], prior))
    # as in the reconciliation: freight is kept where it does not explain the difference
    fob_value = pairs.m * np.exp(-np.where(np.log(pairs.m / pairs.x) > rate, 0.0, rate))
    log_gap = np.log(fob_value / pairs.x)
    differ = np.isfinite(pairs.baci_value) & (np.abs(log_gap) > DISAGREEMENT_THRESHOLD)
    value = pairs.baci_value[differ]
    return ReferenceFlows(
        pairs.exporter[differ],
        pairs.importer[differ],
        pairs.x[differ],
        fob_value[differ],
        np.log(value),
        np.hypot(reporter_reliability.ROUNDING, BACI_ROUNDING_USD / value),
        np.zeros(value.size, bool),
    )


def freight_rates(
    periods: Sequence[MirrorPairs], prior: freight.Freight = freight.CITED
) -> freight.Freight:
    """Estimate freight from several periods together; `prior` without any period."""
    if not periods:
        return prior

    def of_cif_importers(column: Callable[[MirrorPairs], Floats]) -> Floats:
        return np.concatenate([column(pairs)[~pairs.is_fob] for pairs in periods])

    return freight.estimate(
        of_cif_importers(lambda pairs: np.log(pairs.m / pairs.x)),
        of_cif_importers(lambda pairs: np.log(pairs.m_kg / pairs.x_kg)),
        of_cif_importers(lambda pairs: pairs.log_unit_value),
        of_cif_importers(lambda pairs: pairs.log_distance),
        prior,
    )


def _freight(pairs: MirrorPairs, rates: freight.Freight) -> Floats:
    return np.where(pairs.is_fob, 0.0, rates.of(pairs.log_unit_value, pairs.log_distance))


def reference_flows(
    pairs: MirrorPairs, fob_value: Floats, log_gap: Floats
) -> ReferenceFlows | None:
    """The earlier year's values, scaled to this period by the growth of the flows that agree.

    None with fewer than `MIN_AGREEING_FLOWS`.
    """
    is_two_sided = np.isfinite(log_gap)
    has_prior = np.isfinite(pairs.prior_value)
    known = is_two_sided & (has_prior | np.isfinite(pairs.prior_upper_bound))
    agreed = is_two_sided & has_prior & (np.abs(log_gap) < AGREEMENT_THRESHOLD)
    if agreed.sum() < MIN_AGREEING_FLOWS:
        return None
    log_size = 0.5 * (np.log(pairs.x) + np.log(fob_value))
    growth = _growth(
        (np.log(pairs.prior_value) - log_size)[agreed], pairs.product[agreed], pairs.product
    )
    deviation = np.abs((np.log(pairs.prior_value) - growth - log_size)[agreed])
    design = np.column_stack([np.ones(int(agreed.sum())), log_size[agreed]])
    log_deviation = np.log(deviation + reporter_reliability.ROUNDING)
    fitted, *_ = np.linalg.lstsq(design, log_deviation, rcond=None)
    spread = np.exp(fitted[0] + fitted[1] * log_size) / STUDENT_MEAN_LOG
    is_upper_bound = np.isnan(pairs.prior_value)
    value = np.where(is_upper_bound, pairs.prior_upper_bound, pairs.prior_value)
    return ReferenceFlows(
        pairs.exporter[known],
        pairs.importer[known],
        pairs.x[known],
        fob_value[known],
        (np.log(value) - growth)[known],
        spread[known],
        is_upper_bound[known],
    )


def _growth(log_ratio: Floats, product: Ints, wanted: Ints) -> Floats:
    """Median growth per product, shrunk towards the overall median where flows are few."""
    overall = float(np.median(log_ratio))
    growth = np.full(int(wanted.max()) + 1, overall)
    order = np.argsort(product, kind="stable")
    codes, starts = np.unique(product[order], return_index=True)
    for code, ratios in zip(codes, np.split(log_ratio[order], starts[1:]), strict=True):
        own = ratios.size / (ratios.size + GROWTH_SHRINKAGE)
        growth[code] = own * float(np.median(ratios)) + (1 - own) * overall
    return growth[wanted]


def share_declared_elsewhere(pairs: MirrorPairs, n_countries: int) -> Floats:
    """Of what an exporter's partners do not confirm, the share that others declare in its place.

    Goods declared to a country of transit are declared once more by the country of destination,
    whose report of the exporter then exceeds the exporter's own. Per exporter the minimum of both
    sums by product, over the unconfirmed value: 0 to 1, shape (n_countries,); 0 where all is
    confirmed.
    Source: docs/reconciliation.md, step 5.
    """
    n_products = int(pairs.product.max(initial=0)) + 1
    cell = pairs.exporter * n_products + pairs.product
    # an importer that alone declares a flow declares all of it in excess
    excess = np.fmax(pairs.m - np.nan_to_num(pairs.x), 0.0)
    by_product = [
        np.bincount(cell, np.nan_to_num(value), n_countries * n_products).reshape(n_countries, -1)
        for value in (np.where(np.isnan(pairs.m), pairs.x, 0.0), excess)
    ]
    unconfirmed = by_product[0].sum(axis=1)
    found: Floats = np.minimum(*by_product).sum(axis=1) / np.maximum(unconfirmed, 1e-9)
    return found


def _unreliable_exporters(
    pairs: MirrorPairs, weights: Weights, n_countries: int
) -> NDArray[np.bool_]:
    """Exporters whose reports would have hardly any weight where their partners report nothing."""
    is_one_sided = np.isfinite(pairs.x) & np.isnan(pairs.m)
    share = weights.of(pairs.exporter[is_one_sided], pairs.importer[is_one_sided])
    n = np.bincount(pairs.exporter[is_one_sided], minlength=n_countries)
    total = np.bincount(pairs.exporter[is_one_sided], share, n_countries)
    return (n > 0) & (total < MIN_EXPORTER_WEIGHT * np.maximum(n, 1))
