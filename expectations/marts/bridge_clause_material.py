"""Materials and stages that a clause touches."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, not_null

COLUMNS = [
    "clause_id",
    "item_label",
    "item_kind",
    "item_id",
    "stage_id",
    "group_id",
    "group_version",
    "known_from_date",
]

SUITES = [
    Suite(
        "bridge_clause_material",
        COLUMNS,
        rules=[
            not_null("clause_id", "a bridge leads somewhere"),
            not_null("item_id", "every label is decided"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
