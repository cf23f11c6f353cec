"""The timeline of the partnership."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, not_null

COLUMNS = ["timeline_id", "event_date", "title", "source_url", "known_from_date", "lineage_id"]

SUITES = [
    Suite(
        "fct_timeline_event",
        COLUMNS,
        rules=[
            not_null("event_date", "an event has a day"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
