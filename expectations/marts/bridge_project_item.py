"""Materials and goods of a project."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, not_null

COLUMNS = ["project_id", "item_label", "item_kind", "item_id", "known_from_date"]

SUITES = [
    Suite(
        "bridge_project_item",
        COLUMNS,
        rules=[
            not_null("project_id", "a bridge leads somewhere"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
