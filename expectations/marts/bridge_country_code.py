"""Codes and spellings of countries in every source."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, measure, one_of

COLUMNS = ["code_system", "code", "country_id", "code_kind"]

SUITES = [
    Suite(
        "bridge_country_code",
        COLUMNS,
        rules=[
            country(),
            one_of(
                "code_kind",
                ["country", "group", "special", "historical"],
                "groups must not be added to countries",
            ),
        ],
        facts=[
            measure(
                "taiwan_in_baci",
                (
                    "select count(*) from data where country_id = 'TWN' and code_system = "
                    "'baci_numeric' and code = '490'"
                ),
                1,
                1,
                "BACI's 490 is Taiwan",
            ),
        ],
    )
]
