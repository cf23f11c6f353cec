"""Mirror reconciliation on synthetic trade with known truth: reporter errors and values."""

from __future__ import annotations

import numpy as np
import pytest

from warehouse.statistics.mirror_reconciliation import freight
from warehouse.statistics.mirror_reconciliation.freight import Freight
from warehouse.statistics.mirror_reconciliation.reconciliation import (
    Estimate,
    MirrorPairs,
    estimate,
    share_declared_elsewhere,
)
from warehouse.statistics.mirror_reconciliation.reporter_reliability import Floats

N, PRODUCTS = 40, 25
HUB, UNCONFIRMED, EXACT = 0, 1, 2
RATE = Freight(0.10, -0.02, 0.0, 0)


class SyntheticTrade:
    """Forty countries trade 25 goods.

    The hub's exports are gross; exports of the unconfirmed reporter are confirmed by its partners
    to a hundredth or not at all; country 2 is exact; the others err by 5 to 60 per cent, in tonnes
    as in dollars.
    """

    def __init__(self, seed: int, *, has_reference: bool) -> None:
        draw = np.random.default_rng(seed)
        pairs = [(i, j, k) for i in range(N) for j in range(N) for k in range(PRODUCTS) if i != j]
        kept = draw.random(len(pairs)) < 0.25
        pairs_kept = np.array(pairs)[kept]
        self.i, self.j, self.k = (pairs_kept[:, c].astype(np.intp) for c in range(3))
        n = self.i.size
        self.truth = np.exp(draw.normal(12, 1.5, n))
        self.x_error = draw.uniform(0.05, 0.6, N)
        self.m_error = draw.uniform(0.05, 0.6, N)
        self.x_error[HUB], self.x_error[EXACT], self.m_error[EXACT] = 2.5, 0.01, 0.01
        log_price = draw.uniform(-1, 4, PRODUCTS)[self.k]
        freight = RATE.of(log_price, np.zeros(n))
        x_off = np.exp(draw.standard_t(4, n) * self.x_error[self.i])
        m_off = np.exp(draw.standard_t(4, n) * self.m_error[self.j])
        unconfirmed, missing = self.i == UNCONFIRMED, draw.random(n) < 0.7
        x = self.truth * x_off
        self.truth = np.where(unconfirmed, np.where(missing, 0, self.truth / 100), self.truth)
        m = np.where(unconfirmed & missing, np.nan, self.truth * m_off * np.exp(freight))
        prior_value = self.truth * np.exp(0.3 + draw.normal(0, 0.5, n))
        prior_value[unconfirmed] = np.nan
        upper_bound = np.where(np.isnan(prior_value), 1000.0, np.nan)
        self.pairs = MirrorPairs(
            self.i, self.j, self.k, x, m,
            x * np.exp(-log_price), m * np.exp(-freight - log_price),
            np.zeros(n, bool), log_price, np.full(n, np.nan),
            prior_value if has_reference else np.full(n, np.nan),
            upper_bound if has_reference else np.full(n, np.nan),
            np.full(n, np.nan),
        )  # fmt: skip
        with np.errstate(invalid="ignore", divide="ignore"):
            self.found: Estimate = estimate(self.pairs, N)

    def value(self) -> Floats:
        share = self.found.weights.of(self.i, self.j)
        freight = self.found.freight.of(self.pairs.log_unit_value, self.pairs.log_distance)
        return share * self.pairs.x + (1 - share) * self.pairs.m * np.exp(-freight)

    def error_of(self, value: Floats) -> float:
        is_used = np.isfinite(value) & (self.i != UNCONFIRMED)
        return float(np.median(np.abs(np.log(value[is_used] / self.truth[is_used]))))


@pytest.fixture(scope="module", params=[False, True], ids=["without reference", "with reference"])
def trade(request: pytest.FixtureRequest) -> SyntheticTrade:
    return SyntheticTrade(20261124, has_reference=request.param)


def test_freight_is_found_where_the_tonnages_agree(trade: SyntheticTrade) -> None:
    assert trade.found.freight.constant == pytest.approx(RATE.constant, abs=0.02)
    assert trade.found.freight.by_unit_value == pytest.approx(RATE.by_unit_value, abs=0.006)


def test_errors_are_ranked_as_they_were_made(trade: SyntheticTrade) -> None:
    for found, made in (
        (trade.found.errors.exporter, trade.x_error),
        (trade.found.errors.importer, trade.m_error),
    ):
        others = np.delete(np.arange(N), [HUB, UNCONFIRMED])
        assert np.corrcoef(found[others], np.log(made[others]))[0, 1] > 0.8
    assert np.argmax(np.delete(trade.found.errors.exporter, UNCONFIRMED)) == HUB


def test_a_hub_weighs_little_and_an_exact_reporter_much(trade: SyntheticTrade) -> None:
    share = trade.found.weights.of(trade.i, trade.j)
    assert share[trade.i == HUB].mean() < 0.1
    assert share[trade.i == EXACT].mean() > 0.6
    assert share[trade.j == EXACT].mean() < 0.4


def test_the_weighted_mean_is_closer_than_any_simple_rule(trade: SyntheticTrade) -> None:
    x, m = trade.pairs.x, trade.pairs.m / 1.06
    ours = trade.error_of(trade.value())
    assert ours < 0.9 * min(trade.error_of(v) for v in (x, m, (x + m) / 2, np.sqrt(x * m)))
    assert ours < 0.17


def test_weights_are_weights(trade: SyntheticTrade) -> None:
    share = trade.found.weights.of(trade.i, trade.j)
    assert ((share >= 0) & (share <= 1)).all()


def test_only_the_unconfirmed_reporter_is_excluded(trade: SyntheticTrade) -> None:
    assert np.flatnonzero(trade.found.is_unreliable).tolist() == [UNCONFIRMED]


@pytest.mark.parametrize(
    ("declared_by_destination", "product", "share"),
    [(115.0, 0, 1.0), (65.0, 0, 0.55), (11.0, 0, 0.01), (115.0, 1, 0.0), (np.nan, 0, 0.0)],
)
def test_goods_in_transit_are_declared_by_their_destination(
    declared_by_destination: float, product: int, share: float
) -> None:
    """Country 0 declares 100 to 1, which confirms nothing, and 10 to 2."""
    nothing = np.full(2, np.nan)
    pairs = MirrorPairs(
        np.array([0, 0]), np.array([1, 2]), np.array([0, product]),
        np.array([100.0, 10.0]), np.array([np.nan, declared_by_destination]),
        nothing, nothing, np.zeros(2, bool), nothing, nothing, nothing, nothing, nothing,
    )  # fmt: skip
    assert share_declared_elsewhere(pairs, 3).tolist() == pytest.approx([share, 0.0, 0.0])


def test_the_same_declarations_give_the_same_weights_to_the_bit() -> None:
    one, two = (SyntheticTrade(3, has_reference=True).found.weights for _ in range(2))
    assert one.exporter.tobytes() == two.exporter.tobytes()
    assert one.importer.tobytes() == two.importer.tobytes()


def test_a_few_flows_of_one_product_do_not_decide_the_freight_of_another() -> None:
    """Thirty flows at 1 USD/kg differ by a tenth and ten at 3 USD/kg by a fifth; the prior of all
    goods is 6 per cent less 1.5 per factor of e.
    """
    price = np.log(np.repeat([1.0, 3.0], [30, 10]))
    gap = np.repeat([0.10, 0.18], [30, 10])
    nothing = np.zeros(40)
    found = freight.estimate(gap, nothing, price, nothing, Freight(0.06, -0.015, 0.0, 0))
    assert found.constant > 0.08
    assert found.by_unit_value == pytest.approx(-0.015, abs=0.015)
