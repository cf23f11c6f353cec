"""Governance estimates per edition."""

from __future__ import annotations

from expectations.shared_expectations import country, knowledge
from expectations.suites import WARNING, Movement, Suite, between, measure, one_of

COLUMNS = [
    "source_id",
    "edition",
    "country_id",
    "year",
    "dimension",
    "estimate",
    "standard_error",
    "value_status",
    "known_from_date",
    "known_to_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_governance",
        COLUMNS,
        rules=[
            country(),
            between("estimate", -5, 5, "standard normal units, not percentile ranks"),
            one_of("dimension", ["cc", "ge", "pv", "rl", "rq", "va"], "the six dimensions"),
        ],
        facts=[
            *knowledge(),
            measure(
                "unmapped_share",
                ("select avg(case when country_id = 'UNMAPPED' then 1.0 else 0.0 end) from data"),
                0,
                0.02,
                "codes nobody has decided",
                WARNING,
            ),
        ],
        sources=["worldbank_wgi"],
        movement=Movement(
            ["source_id", "edition", "country_id", "country_code", "year", "dimension"],
            "estimate",
            0.001,
        ),
    )
]
