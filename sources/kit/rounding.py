"""Rounding to whole units by largest remainder, so that totals stay exact."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd


def round_within(
    frame: pd.DataFrame, value: str, total_of: Sequence[str], tie_break: Sequence[str]
) -> pd.Series:
    """Round `value` (already in the target unit) to whole numbers by largest remainder.

    Within each group of `total_of` the rounded values add up to the rounded total: every value is
    floored, and the missing units go to the largest remainders. A value moves by less than one
    unit and a total by at most half a unit, where plain rounding moves a total by half a unit per
    row. Ties follow `tie_break`, so the result does not depend on the order of rows.

    Returns:
        Whole numbers as float64, with the index of `frame`.
    """
    exact = frame[value].astype("float64")
    floor = np.floor(exact)
    work = frame[[*dict.fromkeys([*total_of, *tie_break])]].assign(
        _exact=exact, _floor=floor, _rest=(exact - floor).round(9)
    )
    groups = work.groupby([*total_of], dropna=False, sort=False)
    missing = np.floor(groups["_exact"].transform("sum") + 0.5) - groups["_floor"].transform("sum")
    order = work.sort_values(["_rest", *tie_break], ascending=[False] + [True] * len(tie_break))
    rank = order.groupby([*total_of], dropna=False, sort=False).cumcount().reindex(work.index)
    return floor + (rank < missing).astype("float64")
