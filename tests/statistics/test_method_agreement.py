"""Rank correlation of the methods, and the inputs that restore a rank."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pyarrow as pa
import pytest

from tests.statistics.supplier_rows import NAN
from warehouse.statistics.supply_risk import (
    concentration,
    method_agreement,
)


def test_rank_correlation_on_paper() -> None:
    """Ranks 1, 2, 3 against 2, 1, 3: 1 - 6 x 2 / (3 x 8) = 0.5."""
    assert method_agreement.ranks([3, 2, NAN, 2]).tolist()[:2] == [1.0, 2.5]
    assert method_agreement.rank_correlation([9, 8, 7], [5, 6, 1]) == pytest.approx(0.5)
    assert np.isnan(method_agreement.rank_correlation([9, 8, NAN], [5, 6, 1]))
    assert np.isnan(method_agreement.rank_correlation([1, 1, 1], [5, 6, 1]))


def test_the_input_that_restores_a_rank() -> None:
    """x recycles nothing by one source and most by the other; its supply differs by little."""
    own = {"supply": np.array([3.0, 2.0, 1.0]), "recycled": np.array([0.0, 0.0, 0.0])}
    other = {"supply": np.array([2.9, 2.0, 1.0]), "recycled": np.array([0.9, 0.0, 0.0])}

    def method(inputs: Mapping[str, concentration.Floats]) -> concentration.Floats:
        return inputs["supply"] * (1 - inputs["recycled"])

    assert method_agreement.main_driver(method, own, other, 0) == "recycled"
    assert method_agreement.main_driver(method, own, own, 0) is None


def test_methods_are_compared_pair_by_pair() -> None:
    """By concentration a, b, c; recycling takes nine tenths of a, which falls to the last
    place and lets the others rise."""
    factors = pa.table(
        {
            "entity": ["J"] * 7,
            "item": ["a", "b", "c", "a", "b", "c", "d"],
            "method_id": ["hhi"] * 3 + ["eu"] * 4,
            "concentration": [0.9, 0.5, 0.3, 0.9, 0.5, 0.3, None],
            "recycling": [1.0, 1.0, 1.0, 0.1, 1.0, 1.0, 1.0],
        }
    )
    rows = method_agreement.compare_methods(
        factors, ["entity"], ["item"], ["concentration", "recycling"]
    ).to_pylist()
    assert [(r["item"], r["rank_a"], r["rank_b"], r["main_driver"]) for r in rows] == [
        ("a", 3, 1, "recycling"), ("b", 1, 2, "recycling"), ("c", 2, 3, "recycling"),
    ]  # fmt: skip
    assert {r["rank_correlation"] for r in rows} == {-0.5}
    assert (rows[0]["half_a"], rows[0]["half_b"]) == ("lower", "upper")
    assert {(r["method_a"], r["method_b"], r["n_items"]) for r in rows} == {("eu", "hhi", 3)}
