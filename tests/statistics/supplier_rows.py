"""Random suppliers for the invariants of the published methods."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from hypothesis import strategies as st

from warehouse.statistics.supply_risk import concentration

QUANTITY = st.floats(min_value=0, max_value=1e9, allow_subnormal=False)
WEIGHT = st.floats(min_value=0, max_value=1)
NAN = float("nan")

SUPPLIERS = st.lists(st.tuples(QUANTITY, WEIGHT), min_size=1, max_size=12).filter(
    lambda rows: sum(quantity for quantity, _ in rows) > 1
)


def arrays(rows: Sequence[tuple[float, ...]]) -> list[concentration.Floats]:
    return [np.array(column) for column in zip(*rows, strict=True)]
