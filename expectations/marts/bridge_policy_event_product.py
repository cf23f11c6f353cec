"""Products that an act names."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, not_null

COLUMNS = ["event_id", "product_code", "hs6_basis", "coverage", "known_from_date"]

SUITES = [
    Suite(
        "bridge_policy_event_product",
        COLUMNS,
        rules=[
            not_null("event_id", "a bridge leads somewhere"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
