"""Who acts, against whom, clause by clause."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, one_of

COLUMNS = [
    "clause_id",
    "measure_id",
    "role",
    "country_id",
    "known_from_date",
]

SUITES = [
    Suite(
        "bridge_clause_target",
        COLUMNS,
        rules=[
            country(),
            one_of("role", ["issuer", "target"], "a clause has two sides"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
