"""Countries: every id that the marts use, the reserved ones among them."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, measure, not_null

COLUMNS = ["country_id", "country_name", "iso2", "m49", "country_kind", "parent_id"]

SUITES = [
    Suite(
        "dim_country",
        COLUMNS,
        rules=[
            country(),
            not_null("country_name", "a country without a name cannot be read"),
        ],
        facts=[
            measure(
                "countries",
                "select count(*) from data where country_kind = 'country'",
                190,
                260,
                "about two hundred states",
            ),
            measure(
                "reserved_ids",
                (
                    "select count(distinct country_id) from data where country_id in ('NES', "
                    "'SPECIAL', 'UNMAPPED', 'WLD', 'ALL', 'ROW', 'GROUP:EU', 'EUU', 'OED')"
                ),
                9,
                9,
                (
                    "reserved ids and the two institutions are rows, so that every join finds "
                    "its partner"
                ),
            ),
            measure(
                "taiwan",
                "select count(*) from data where country_id = 'TWN'",
                1,
                1,
                "trade's code 490 is Taiwan, the largest chip maker",
            ),
        ],
    )
]
