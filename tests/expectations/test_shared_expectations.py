"""Expectations on groups report a group that has nothing to compare, instead of leaving it out."""

from __future__ import annotations

import numpy as np
import pandas as pd

from expectations.shared_expectations import ExpectGroupValueToBeBetween, ExpectValuesToBePresent
from tests.expectations.gx_frames import is_satisfied

NOTES = "in a test"


def test_a_group_without_any_value_fails() -> None:
    """NaN is no value, and neither is NULL: the bound on the mean has nothing to speak about."""
    expectation = ExpectGroupValueToBeBetween(
        column="x", group_by=["edition"], aggregate="mean", min_value=0, min_rows=2, notes=NOTES
    )
    whole = pd.DataFrame({"edition": ["a", "a", "b", "b"], "x": [1.0, 2.0, 3.0, 4.0]})
    assert is_satisfied(expectation, whole)
    for nothing in (None, np.nan):
        assert not is_satisfied(expectation, whole.assign(x=[1.0, 2.0, nothing, nothing]))
    # one row is fewer than the expectation wants to see
    assert is_satisfied(expectation, whole.assign(x=[1.0, 2.0, 3.0, None]).head(3))


def test_a_part_without_values_is_not_hidden_by_the_whole() -> None:
    """Two of a hundred rows lack their value: few of the whole, all of their file."""
    expectation = ExpectValuesToBePresent(
        column="gbp", other_columns=["usd"], group_by=["file"], min_share=0.9, notes=NOTES
    )
    rows = pd.DataFrame(
        {"file": ["a"] * 98 + ["b"] * 2, "gbp": [1.0] * 98 + [None] * 2, "usd": [None] * 100}
    )
    assert not is_satisfied(expectation, rows)
    assert is_satisfied(expectation, rows.assign(usd=[None] * 98 + [2.0] * 2))
