"""Mirror reconciliation on a world with known truth: does it find who errs, and come closer?"""

from __future__ import annotations

import numpy as np
import pytest

from warehouse.statistics.mirror_reconciliation import freight
from warehouse.statistics.mirror_reconciliation.freight import Freight
from warehouse.statistics.mirror_reconciliation.reconciliation import (
    Estimate,
    MirrorPairs,
    estimate,
)
from warehouse.statistics.mirror_reconciliation.reporter_reliability import Floats

N, PRODUCTS = 40, 25
HUB, GHOST, GOOD = 0, 1, 2
RATE = Freight(0.10, -0.02, 0.0, 0)


class World:
    """Forty countries trade 25 goods. The hub's exports are gross; what the ghost exports its
    partners confirm to a hundredth or not at all; country 2 makes no mistakes; the others err by
    5 to 60 per cent, in tonnes as in dollars.
    """

    def __init__(self, seed: int, *, has_witness: bool) -> None:
        draw = np.random.default_rng(seed)
        cells = [(i, j, k) for i in range(N) for j in range(N) for k in range(PRODUCTS) if i != j]
        kept = draw.random(len(cells)) < 0.25
        cells_kept = np.array(cells)[kept]
        self.i, self.j, self.k = (cells_kept[:, c].astype(np.intp) for c in range(3))
        n = self.i.size
        self.truth = np.exp(draw.normal(12, 1.5, n))
        self.x_error = draw.uniform(0.05, 0.6, N)
        self.m_error = draw.uniform(0.05, 0.6, N)
        self.x_error[HUB], self.x_error[GOOD], self.m_error[GOOD] = 2.5, 0.01, 0.01
        log_price = draw.uniform(-1, 4, PRODUCTS)[self.k]
        freight = RATE.of(log_price, np.zeros(n))
        x_off = np.exp(draw.standard_t(4, n) * self.x_error[self.i])
        m_off = np.exp(draw.standard_t(4, n) * self.m_error[self.j])
        ghost, silent = self.i == GHOST, draw.random(n) < 0.7
        x = self.truth * x_off
        self.truth = np.where(ghost, np.where(silent, 0, self.truth / 100), self.truth)
        m = np.where(ghost & silent, np.nan, self.truth * m_off * np.exp(freight))
        before = self.truth * np.exp(0.3 + draw.normal(0, 0.5, n))
        before[ghost] = np.nan
        self.pairs = MirrorPairs(
            self.i, self.j, self.k, x, m,
            x * np.exp(-log_price), m * np.exp(-freight - log_price),
            np.zeros(n, bool), log_price, np.full(n, np.nan),
            before if has_witness else np.full(n, np.nan),
            np.where(np.isnan(before), 1000.0, np.nan) if has_witness else np.full(n, np.nan),
            np.full(n, np.nan),
        )  # fmt: skip
        with np.errstate(invalid="ignore", divide="ignore"):
            self.found: Estimate = estimate(self.pairs, N)

    def value(self) -> Floats:
        share = self.found.weights.of(self.i, self.j)
        freight = self.found.freight.of(self.pairs.log_unit_value, self.pairs.log_distance)
        return share * self.pairs.x + (1 - share) * self.pairs.m * np.exp(-freight)

    def error_of(self, value: Floats) -> float:
        told = np.isfinite(value) & (self.i != GHOST)
        return float(np.median(np.abs(np.log(value[told] / self.truth[told]))))


@pytest.fixture(scope="module", params=[False, True], ids=["alone", "with a witness"])
def world(request: pytest.FixtureRequest) -> World:
    return World(20261124, has_witness=request.param)


def test_freight_is_found_where_the_tonnages_agree(world: World) -> None:
    assert world.found.freight.constant == pytest.approx(RATE.constant, abs=0.02)
    assert world.found.freight.by_unit_value == pytest.approx(RATE.by_unit_value, abs=0.006)


def test_errors_are_ranked_as_they_were_made(world: World) -> None:
    for found, made in (
        (world.found.errors.exporter, world.x_error),
        (world.found.errors.importer, world.m_error),
    ):
        others = np.delete(np.arange(N), [HUB, GHOST])
        assert np.corrcoef(found[others], np.log(made[others]))[0, 1] > 0.8
    assert np.argmax(np.delete(world.found.errors.exporter, GHOST)) == HUB


def test_a_hub_weighs_little_and_an_exact_reporter_much(world: World) -> None:
    share = world.found.weights.of(world.i, world.j)
    assert share[world.i == HUB].mean() < 0.1
    assert share[world.i == GOOD].mean() > 0.6
    assert share[world.j == GOOD].mean() < 0.4


def test_the_weighted_mean_comes_closer_than_any_simple_rule(world: World) -> None:
    x, m = world.pairs.x, world.pairs.m / 1.06
    ours = world.error_of(world.value())
    assert ours < 0.9 * min(world.error_of(v) for v in (x, m, (x + m) / 2, np.sqrt(x * m)))
    assert ours < 0.17


def test_weights_are_weights(world: World) -> None:
    share = world.found.weights.of(world.i, world.j)
    assert ((share >= 0) & (share <= 1)).all()


def test_a_ghost_is_not_believed_and_nobody_else_is_silenced(world: World) -> None:
    assert np.flatnonzero(world.found.is_excluded_as_unreliable).tolist() == [GHOST]


def test_the_same_declarations_give_the_same_weights_to_the_bit() -> None:
    one, two = (World(3, has_witness=True).found.weights for _ in range(2))
    assert one.exporter.tobytes() == two.exporter.tobytes()
    assert one.importer.tobytes() == two.importer.tobytes()


def test_a_few_flows_of_one_product_do_not_tell_the_freight_of_another() -> None:
    """Thirty flows at 1 USD/kg part by a tenth and ten at 3 USD/kg by a fifth; what is usual of all
    goods is 6 per cent less 1.5 per factor of e.
    """
    price = np.log(np.repeat([1.0, 3.0], [30, 10]))
    gap = np.repeat([0.10, 0.18], [30, 10])
    nothing = np.zeros(40)
    found = freight.estimate(gap, nothing, price, nothing, Freight(0.06, -0.015, 0.0, 0))
    assert found.constant > 0.08
    assert found.by_unit_value == pytest.approx(-0.015, abs=0.015)
