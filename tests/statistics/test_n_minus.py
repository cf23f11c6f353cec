"""What is left without the largest suppliers."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.statistics.supplier_rows import NAN, SUPPLIERS, arrays
from warehouse.statistics.supply_risk import (
    n_minus,
    tables,
)


def test_n_minus_on_paper() -> None:
    """100 t, of which 50 stop that use 20 themselves: 0.5 is left, and 50 serve a use of 80."""
    removed = n_minus.largest_suppliers([50, 25, 25], 1)
    assert removed.tolist() == [True, False, False]
    assert n_minus.n_minus_supply([50, 25, 25], removed) == 0.5
    assert n_minus.n_minus_balance([50, 25, 25], [20, NAN, NAN], removed, 100) == 0.625
    assert np.isnan(n_minus.n_minus_balance([50, 25, 25], [NAN, 1, 1], removed, 100))
    assert np.isnan(n_minus.n_minus_balance([50, 25, 25], [100, 0, 0], removed, 100))
    bucket = n_minus.largest_suppliers([10, 90], 1, is_named=[True, False])
    assert bucket.tolist() == [True, False]
    assert n_minus.apparent_use([10, 1], [5, 0], [3, 2]).tolist()[0] == 12
    assert np.isnan(n_minus.apparent_use([1], [0], [2])).all()


@given(SUPPLIERS, st.integers(min_value=1, max_value=3))
def test_n_minus_invariants(rows: list[tuple[float, float]], n: int) -> None:
    supply, use = arrays(rows)
    use = use * supply
    removed = n_minus.largest_suppliers(supply, n)
    left = n_minus.n_minus_supply(supply, removed)
    assert -1e-12 <= left <= 1 - 1 / supply.size + 1e-9
    more = n_minus.n_minus_supply(supply, n_minus.largest_suppliers(supply, n + 1))
    assert more <= left + 1e-12
    balance = n_minus.n_minus_balance(supply, use, removed, float(supply.sum()))
    # who stops uses no more than it makes, so the others have at best what they use
    assert np.isnan(balance) or balance <= 1 + 1e-9


def test_n_minus_of_a_table() -> None:
    supply = pa.table(
        {
            "item": ["a", "a", "a", "b"],
            "supplier_id": ["CHN", "JPN", "NES", "CHN"],
            "supply": [50.0, 25.0, 25.0, None],
            "own_use": [20.0, None, None, None],
            "is_named": [True, True, False, True],
        }
    )
    first, second = tables.n_minus_scores(supply, ["item"]).to_pylist()
    assert (first["removed_ids"], first["n_minus_supply"]) == ("CHN", 0.5)
    assert (first["n_minus_balance"], first["null_reason"]) == (0.625, None)
    assert (second["n_minus_supply"], second["null_reason"]) == (None, "missing_supply")
    two = tables.n_minus_scores(supply, ["item"], n=2).to_pylist()[0]
    assert (two["removed_ids"], two["null_reason"]) == ("CHN|JPN", "missing_own_use")


def test_figures_of_the_energy_agency(shared_data: Path) -> None:
    """Refining in 2024: the three largest have 0.86 of six minerals on average."""
    supply: dict[str, dict[str, float]] = defaultdict(dict)
    with (shared_data / "economics" / "iea_supply_by_country_edition2025.csv").open(
        encoding="utf-8"
    ) as file:
        for row in csv.DictReader(file):
            is_country = row["country"] not in ("TOTAL", "TOP3_SHARE")
            if row["stage"] == "refining" and row["year"] == "2024" and is_country:
                supply[row["mineral_id"]][row["country"]] = float(row["value"])

    def left(mineral: str, n: int) -> float:
        made = np.array(list(supply[mineral].values()))
        named = [country != "Rest of world" for country in supply[mineral]]
        return n_minus.n_minus_supply(made, n_minus.largest_suppliers(made, n, named))

    assert np.mean([1 - left(mineral, 3) for mineral in supply]) == pytest.approx(0.86, abs=0.01)
    assert len(supply) == 6
    one = [left(m, 1) for m in ("rare_earths", "graphite", "cobalt", "lithium")]
    assert one == pytest.approx([0.09, 0.04, 0.22, 0.30], abs=0.02)
