"""Acts and measures, one row per event."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import WARNING, Suite, not_null

COLUMNS = [
    "event_id",
    "announced_date",
    "effective_date",
    "issuer_ids",
    "title",
    "source_url",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_policy_event",
        COLUMNS,
        rules=[
            not_null("source_url", "an act has a source", WARNING),
            not_null("title", "an act has a title"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
