"""Goods of the AI stack above the metal."""

from __future__ import annotations

from expectations.suites import Suite, measure, not_null

COLUMNS = ["good_id", "good_name", "stage_id"]

SUITES = [
    Suite(
        "dim_good",
        COLUMNS,
        rules=[
            not_null("good_name", "a good has a name"),
        ],
        facts=[
            measure(
                "goods",
                "select count(*) from data",
                10,
                300,
                "wafers, chips, machines and computers",
            ),
        ],
    )
]
