"""Imports that a clause would hit."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, between, none_of

COLUMNS = [
    "clause_id",
    "entity_id",
    "netting",
    "item_kind",
    "item_id",
    "stage_id",
    "base_year",
    "product_code",
    "importer_id",
    "supplier_id",
    "value_usd",
    "coverage_low",
    "coverage_high",
    "known_from_date",
]

SUITES = [
    Suite(
        "fct_clause_flow",
        COLUMNS,
        rules=[
            country("entity_id"),
            between("value_usd", 0, 1e13, "USD of a year"),
        ],
        facts=[
            none_of(
                "who_hits_itself",
                "select * from data where importer_id = supplier_id",
                "an export control stops at the border",
            ),
        ],
        may_be_empty=True,
    )
]
