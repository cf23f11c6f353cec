"""Reporter weights where the likelihood has several maxima."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from warehouse.statistics.mirror_reconciliation.reporter_reliability import (
    Floats,
    ReferenceFlows,
    Weights,
)
from warehouse.statistics.mirror_reconciliation.weight_adjustment import adjust_weights

N = 12
#: What most flows of an exporter show, and what the others show.
MOST, OTHERS = 3.0, -3.0


def _contradictory_flows() -> ReferenceFlows:
    """Of each exporter's 8 flows 5 to one importer show one weight and 3 the opposite one."""
    draw = np.random.default_rng(3)
    exporter, flow = (x.ravel() for x in np.meshgrid(range(N), range(8), indexing="ij"))
    x = np.exp(draw.normal(12, 1, exporter.size))
    m = x * np.exp(draw.choice([-1, 1], x.size) * draw.uniform(1, 2, x.size))
    odds = np.where(flow < 5, MOST, OTHERS) + draw.normal(0, 0.2, x.size)
    share = 1 / (1 + np.exp(-odds))
    return ReferenceFlows(
        exporter, np.zeros(x.size, np.intp), x, m, np.log(share * x + (1 - share) * m),
        np.full(x.size, 0.02), np.zeros(x.size, bool),
    )  # fmt: skip


def _found(start: float, flows: ReferenceFlows) -> Floats:
    weights = adjust_weights(Weights(0.0, np.full(N, start), np.zeros(N)), flows)
    log_odds: Floats = weights.constant + weights.exporter + weights.importer[0]
    return log_odds


@pytest.mark.parametrize("start", [MOST, OTHERS, 0.0])
def test_what_most_flows_show_is_found_from_any_start(start: float) -> None:
    assert _found(start, _contradictory_flows()) == pytest.approx(np.full(N, MOST), abs=0.5)


def test_the_order_of_the_flows_does_not_matter() -> None:
    flows = _contradictory_flows()
    first = _found(OTHERS, flows)
    for seed in range(5):
        order = np.random.default_rng(seed).permutation(flows.size)
        shuffled = ReferenceFlows(*(getattr(flows, c.name)[order] for c in fields(flows)))
        assert _found(OTHERS, shuffled) == pytest.approx(first, abs=1e-7)
