"""Editions of the sources, with licence and the days they were known."""

from __future__ import annotations

from expectations.shared_expectations import knowledge
from expectations.suites import Suite, not_null, one_of

COLUMNS = [
    "source_id",
    "edition",
    "known_from_date",
    "known_from_basis",
    "known_to_date",
    "publisher",
    "licence_id",
    "redistribution",
    "attribution",
]

SUITES = [
    Suite(
        "dim_source_edition",
        COLUMNS,
        rules=[
            one_of(
                "redistribution",
                ["full", "derived", "none"],
                "the licence decides what a release may hold",
            ),
            one_of(
                "known_from_basis",
                ["announced", "published", "inferred", "compiled"],
                "how we know the day",
            ),
            not_null("attribution", "sources are named"),
        ],
        facts=[
            *knowledge(),
        ],
    )
]
