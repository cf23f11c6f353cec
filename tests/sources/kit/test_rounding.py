"""Rounding by largest remainder: totals are kept, values move by less than a unit."""

from __future__ import annotations

import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.kit.rounding import round_within

VALUES = st.lists(st.floats(0.001, 1e6, allow_nan=False), min_size=1, max_size=30)


def frame(values: list[float], groups: list[str] | None = None) -> pd.DataFrame:
    names = groups or ["a"] * len(values)
    return pd.DataFrame({"group": names, "name": range(len(values)), "value": values})


def test_three_times_four_tenths_is_one() -> None:
    rounded = round_within(frame([0.4, 0.4, 0.4]), "value", ["group"], ["name"])
    assert rounded.tolist() == [1.0, 0.0, 0.0]


def test_groups_are_rounded_separately() -> None:
    rounded = round_within(frame([0.6, 0.4, 2.5], ["a", "b", "b"]), "value", ["group"], ["name"])
    assert rounded.tolist() == [1.0, 0.0, 3.0]


@settings(deadline=None, max_examples=50)
@given(VALUES)
def test_totals_are_rounded_once_and_values_move_by_less_than_a_unit(values: list[float]) -> None:
    given_frame = frame(values)
    rounded = round_within(given_frame, "value", ["group"], ["name"])
    assert (rounded == rounded.round()).all()
    assert (rounded - given_frame["value"]).abs().max() < 1 + 1e-6
    assert abs(rounded.sum() - sum(values)) <= 0.5 + 1e-6


@settings(deadline=None, max_examples=50)
@given(VALUES)
def test_the_order_of_rows_does_not_matter(values: list[float]) -> None:
    one = frame(values)
    two = one.sample(frac=1, random_state=7)
    first = round_within(one, "value", ["group"], ["name"])
    second = round_within(two, "value", ["group"], ["name"])
    assert first.tolist() == second.sort_index().tolist()
