"""Stages of the chain, from ore to system."""

from __future__ import annotations

from expectations.suites import Suite, none_of, not_null

COLUMNS = ["stage_id", "stage_name", "stage_order", "tier_id"]

SUITES = [
    Suite(
        "dim_stage",
        COLUMNS,
        rules=[
            not_null("stage_order", "stages are in an order"),
        ],
        facts=[
            none_of(
                "stages_without_tier",
                "select * from data where tier_id is null",
                "every stage lies in a tier",
            ),
        ],
    )
]
