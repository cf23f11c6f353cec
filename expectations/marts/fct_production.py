"""Production, capacity and reserves as published."""

from __future__ import annotations

from expectations.shared_expectations import country, knowledge, status
from expectations.suites import Suite, between, none_of, one_of

COLUMNS = [
    "source_id",
    "edition",
    "country_id",
    "material_id",
    "stage_id",
    "form_id",
    "measure",
    "year",
    "quantity",
    "quantity_unit",
    "value_status",
    "value_operator",
    "row_kind",
    "is_headline_series",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_production",
        COLUMNS,
        rules=[
            country(),
            between("quantity", 0, None, "quantities are not negative"),
            one_of("measure", ["production", "capacity", "reserves"], "what is measured"),
            status(),
        ],
        facts=[
            *knowledge(),
            none_of(
                "zeros_that_are_missing",
                (
                    "select * from data where quantity = 0 and value_status in ('withheld', "
                    "'not_available')"
                ),
                "a withheld number must not become zero",
            ),
        ],
        sources=["usgs_mcs"],
    )
]
