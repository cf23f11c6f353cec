"""Which partner has which instrument."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, between, none_of

COLUMNS = [
    "country_id",
    "instrument_type",
    "has_instrument",
    "n_instruments",
    "n_in_force",
    "lineage_id",
]

SUITES = [
    Suite(
        "instrument_matrix",
        COLUMNS,
        rules=[
            country(),
            between("n_instruments", 0, 500, "a count is not negative"),
        ],
        facts=[
            none_of(
                "flags_against_counts",
                "select * from data where has_instrument <> (n_in_force > 0)",
                "the flag says what the count says",
            ),
        ],
        may_be_empty=True,
    )
]
