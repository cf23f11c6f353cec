"""One period's declarations in, the parameters of its reconciliation out: freight and weights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from warehouse.methods import freight, reliability
from warehouse.methods.reliability import Errors, Floats, Ints, Weights, Witness

#: Reports within 20 per cent agree; from them the year's growth is read.
AGREEING = 0.2
#: Pseudo-flows with the growth of all products that each product begins with.
GROWTH_SHRINKAGE = 5.0
#: exp of the mean of ln|t| of Student's t with three degrees of freedom.
STUDENT_MEAN_LOG = 0.637
#: With fewer agreeing flows the growth between the years cannot be told.
ENOUGH_AGREED = 30
#: Reports closer than this tell nothing of whom CEPII believes.
APART = 0.1
#: CEPII's value of the same two reports leaves nothing open but roundings: of the reports to
#: `reliability.ROUNDING`, of the value to a thousand dollars.
THOUSAND = 500.0
#: So many flows teach all that can be learnt of two hundred reporters.
LESSONS = 5000
#: Below this weight on average an exporter's word does not stand against its partners' silence.
UNHEARD = 0.05


@dataclass(frozen=True)
class Pairs:
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
    ceiling: Floats
    told: Floats


@dataclass(frozen=True)
class Estimate:
    freight: freight.Freight
    errors: Errors
    weights: Weights
    is_unheard: NDArray[np.bool_]
    n_witnesses: int
    n_lessons: int


def estimate(
    pairs: Pairs,
    n_countries: int,
    learnt: Witness | None = None,
    usual: freight.Freight = freight.CITED,
) -> Estimate:
    """`learnt` are the `lessons` of earlier years: CEPII's weights are the same in all of them.

    `usual` is what freight added in those years together (`freight_rates`).
    """
    rates = freight_rates([pairs], usual)
    on_board = pairs.m * np.exp(-_freight(pairs, rates))
    log_gap = np.log(on_board) - np.log(pairs.x)
    size = np.fmax(pairs.x, on_board)
    found = reliability.errors(log_gap, size, pairs.exporter, pairs.importer, n_countries)
    weights = reliability.inverse_variance(found)
    seen = witness(pairs, on_board, log_gap)
    heard = [w for w in (seen, learnt) if w is not None and w.size]
    if heard:
        weights = reliability.with_witness(weights, reliability.together(heard))
    unheard = _unheard(pairs, weights, n_countries)
    return Estimate(
        rates, found, weights, unheard,
        0 if seen is None else seen.size, 0 if learnt is None else learnt.size,
    )  # fmt: skip


def lessons(pairs: Pairs, usual: freight.Freight = freight.CITED) -> Witness:
    """Two reports apart and what CEPII made of them: this says whom it believes, in every year."""
    rate = _freight(pairs, freight_rates([pairs], usual))
    # as in the reconciliation: freight stays on where it is not what parts the two
    on_board = pairs.m * np.exp(-np.where(np.log(pairs.m / pairs.x) > rate, 0.0, rate))
    apart = np.isfinite(pairs.told) & (np.abs(np.log(on_board / pairs.x)) > APART)
    told = pairs.told[apart]
    return Witness(
        pairs.exporter[apart], pairs.importer[apart], pairs.x[apart], on_board[apart],
        np.log(told), np.hypot(reliability.ROUNDING, THOUSAND / told), np.zeros(told.size, bool),
    )  # fmt: skip


def freight_rates(
    periods: Sequence[Pairs], usual: freight.Freight = freight.CITED
) -> freight.Freight:
    """What parts prices where tonnages agree, of periods together or of one beside the `usual`."""
    if not periods:
        return usual

    def cif(column: Callable[[Pairs], Floats]) -> Floats:
        return np.concatenate([column(pairs)[~pairs.is_fob] for pairs in periods])

    return freight.estimate(
        cif(lambda pairs: np.log(pairs.m / pairs.x)),
        cif(lambda pairs: np.log(pairs.m_kg / pairs.x_kg)),
        cif(lambda pairs: pairs.log_unit_value),
        cif(lambda pairs: pairs.log_distance),
        usual,
    )


def _freight(pairs: Pairs, rates: freight.Freight) -> Floats:
    return np.where(pairs.is_fob, 0.0, rates.of(pairs.log_unit_value, pairs.log_distance))


def witness(pairs: Pairs, on_board: Floats, log_gap: Floats) -> Witness | None:
    """The earlier year, brought to this period's prices and volumes by the flows that agree."""
    answered = np.isfinite(log_gap)
    known = answered & (np.isfinite(pairs.before) | np.isfinite(pairs.ceiling))
    agreed = answered & np.isfinite(pairs.before) & (np.abs(log_gap) < AGREEING)
    if agreed.sum() < ENOUGH_AGREED:
        return None
    log_size = 0.5 * (np.log(pairs.x) + np.log(on_board))
    growth = _growth(
        (np.log(pairs.before) - log_size)[agreed], pairs.product[agreed], pairs.product
    )
    off = np.abs((np.log(pairs.before) - growth - log_size)[agreed])
    design = np.column_stack([np.ones(int(agreed.sum())), log_size[agreed]])
    fitted, *_ = np.linalg.lstsq(design, np.log(off + reliability.ROUNDING), rcond=None)
    spread = np.exp(fitted[0] + fitted[1] * log_size) / STUDENT_MEAN_LOG
    ceiling = np.isnan(pairs.before)
    told = np.where(ceiling, pairs.ceiling, pairs.before)
    return Witness(
        pairs.exporter[known], pairs.importer[known], pairs.x[known], on_board[known],
        (np.log(told) - growth)[known], spread[known], ceiling[known],
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


def _unheard(pairs: Pairs, weights: Weights, n_countries: int) -> NDArray[np.bool_]:
    """Exporters whose reports, where partners are silent, would weigh next to nothing."""
    silent = np.isfinite(pairs.x) & np.isnan(pairs.m)
    share = weights.of(pairs.exporter[silent], pairs.importer[silent])
    n = np.bincount(pairs.exporter[silent], minlength=n_countries)
    total = np.bincount(pairs.exporter[silent], share, n_countries)
    return (n > 0) & (total < UNHEARD * np.maximum(n, 1))
