"""What is in force when, clause by clause."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, none_of, one_of

COLUMNS = [
    "clause_id",
    "version",
    "state",
    "start_date",
    "end_date",
    "known_from_date",
    "issuer_id",
    "instrument",
    "next_state",
    "source_id",
    "lineage_id",
]

SUITES = [
    Suite(
        "policy_timeline",
        COLUMNS,
        rules=[
            one_of(
                "state",
                ["announced", "active", "suspended", "ended", "withdrawn", "unknown"],
                "a gap is unknown, not a guess",
            ),
        ],
        facts=[
            no_future(),
            none_of(
                "ends_before_beginnings",
                "select * from data where end_date < start_date",
                "end_date is the last day in force",
            ),
        ],
        known_since=date(2026, 1, 1),
    )
]
