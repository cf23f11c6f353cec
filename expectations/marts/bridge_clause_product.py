"""Codes that a clause hits, and how much of each."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import no_future
from expectations.suites import Suite, between, none_of, not_null

COLUMNS = [
    "clause_id",
    "measure_id",
    "product_code",
    "hs6_basis",
    "coverage_low",
    "coverage_high",
    "coverage_basis",
    "known_from_date",
]

SUITES = [
    Suite(
        "bridge_clause_product",
        COLUMNS,
        rules=[
            not_null("clause_id", "a bridge leads somewhere"),
            between("coverage_high", 0, 1, "a share of a code"),
        ],
        facts=[
            no_future(),
            none_of(
                "bounds_the_wrong_way",
                "select * from data where coverage_low > coverage_high",
                "low is below high",
            ),
        ],
        known_since=date(2026, 1, 1),
    )
]
