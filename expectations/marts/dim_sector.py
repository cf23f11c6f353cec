"""The eight sectors of the partnership."""

from __future__ import annotations

from expectations.suites import Suite, measure, not_null

COLUMNS = ["sector_id", "sector_name", "sector_order"]

SUITES = [
    Suite(
        "dim_sector",
        COLUMNS,
        rules=[
            not_null("sector_name", "a sector has a name"),
        ],
        facts=[
            measure(
                "sectors",
                ("select case when exists (select 1 from data) then count(*) end from data"),
                1,
                8,
                "the declaration names eight sectors",
            ),
        ],
        may_be_empty=True,
    )
]
