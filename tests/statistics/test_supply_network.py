"""Chokepoints of a network of flows."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics.supplier_rows import NAN, QUANTITY
from warehouse.statistics.supply_risk import (
    network,
)

STAR = np.zeros((5, 5))
STAR[0, 2] = STAR[1, 2] = 10.0
STAR[2, 3] = STAR[2, 4] = 10.0
STAR_PRODUCTION = [10, 10, 0, 0, 0]


def test_the_centre_of_a_star() -> None:
    """Two producers sell to a hub, which sells to two importers: without it nothing arrives."""
    impact = network.removal_impact(STAR, STAR_PRODUCTION, [False, False, False, True, True])
    assert impact[:3] == pytest.approx([0.5, 0.5, 1.0])
    assert np.isnan(impact[3:]).all()
    dependence = network.hub_dependence(STAR, STAR_PRODUCTION)
    assert dependence[3, 2] == pytest.approx(1, abs=1e-5)
    assert dependence[3, 0] == pytest.approx(0, abs=1e-9)
    out, into = network.strength_shares(STAR)
    assert out.tolist() == [0.25, 0.25, 0.5, 0, 0]
    assert into.tolist() == [0, 0, 0.5, 0.25, 0.25]


def test_chokepoints_of_a_table() -> None:
    names = ["A", "B", "H", "P", "Q"]
    edges = [(names[i], names[j], STAR[i, j]) for i, j in np.argwhere(STAR > 0)]
    flows = pa.table(
        {
            "item": ["x"] * 4,
            "exporter_id": [edge[0] for edge in edges],
            "importer_id": [edge[1] for edge in edges],
            "quantity": [edge[2] for edge in edges],
        }
    )
    production = pa.table({"item": ["x"], "country_id": ["A"], "production": [10.0]})
    rows = network.chokepoints(flows, production, ["P", "Q"], ["item"], 0.3).to_pylist()
    hub = next(row for row in rows if row["country_id"] == "H")
    assert (hub["removal_impact_share"], hub["n_edges"]) == (1.0, 4)
    assert hub["hub_dependence_share"] == pytest.approx(1, abs=1e-5)
    # a producer has a quarter of all exports, less than the three tenths that are tried
    assert [row["removal_impact_share"] for row in rows if row["country_id"] != "H"] == [None] * 4


@given(
    st.lists(st.floats(min_value=0, max_value=1e6), min_size=25, max_size=25),
    st.lists(QUANTITY, min_size=5, max_size=5),
    st.permutations(range(5)),
)
def test_network_invariants(flows: list[float], made: list[float], order: list[int]) -> None:
    flow, production = np.reshape(flows, (5, 5)), np.array(made)
    importers = np.array([False, False, False, True, True])
    impact = network.removal_impact(flow, production, importers)
    known = impact[~np.isnan(impact)]
    assert ((known >= 0) & (known <= 1)).all()
    dependence = network.hub_dependence(flow, production)
    assert ((dependence >= 0) & (dependence <= 1)).all()
    at = np.array(order)
    again = network.removal_impact(flow[np.ix_(at, at)], production[at], importers[at])
    assert np.allclose(again, impact[at], atol=1e-6, equal_nan=True)
    same = network.hub_dependence(flow[np.ix_(at, at)], production[at])
    assert np.allclose(same, dependence[np.ix_(at, at)], atol=1e-6)


def test_an_unknown_flow_is_an_error() -> None:
    with pytest.raises(ValueError, match="unknown"):
        network.strength_shares([[0.0, NAN], [0.0, 0.0]])
    with pytest.raises(ValueError, match="square"):
        network.strength_shares([[0, 1]])
