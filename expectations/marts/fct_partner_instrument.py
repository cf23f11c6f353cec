"""Instruments of the partners."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite

COLUMNS = [
    "country_id",
    "instrument_type",
    "instrument_name",
    "status",
    "source_url",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_partner_instrument",
        COLUMNS,
        rules=[
            country(),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
