"""Blocs: the partnership and the declared groups."""

from __future__ import annotations

from datetime import date

from expectations.suites import Suite, matches, measure

COLUMNS = ["bloc_id", "bloc_name", "bloc_kind"]

SUITES = [
    Suite(
        "dim_bloc",
        COLUMNS,
        rules=[
            matches(
                "bloc_id", "[A-Z]+:[A-Z0-9_]+", "blocs are told from countries by their prefix"
            ),
        ],
        facts=[
            measure(
                "the_partnership",
                (
                    "select case when (select as_known_on from parameters) >= date '2025-12-12'"
                    " then count(*) filter (where bloc_id = 'BLOC:PAX_SILICA') end from data"
                ),
                1,
                1,
                "the partnership is a bloc since its founding was known",
            ),
        ],
        known_since=date(2025, 12, 12),
    )
]
