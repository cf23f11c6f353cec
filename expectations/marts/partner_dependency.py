"""The headline line per entity, item and stage."""

from __future__ import annotations

from expectations.shared_expectations import TRADE, country, grade
from expectations.suites import Movement, Suite, between, measure, none_of, shares

COLUMNS = [
    "entity_id",
    "netting",
    "membership_variant",
    "item_kind",
    "item_id",
    "stage_id",
    "period_type",
    "period_start_date",
    "imports_usd",
    "concern_share",
    "top_supplier_id",
    "top_supplier_share",
    "supplier_hhi",
    "basket_share",
    "quality_grade",
    "quality_flags",
    "lineage_id",
]

SUITES = [
    Suite(
        "partner_dependency",
        COLUMNS,
        rules=[
            country("entity_id"),
            *shares("concern_share", "top_supplier_share", "supplier_hhi", "basket_share"),
            between("imports_usd", 0, 1e13, "USD of a year"),
            grade(),
        ],
        facts=[
            none_of(
                "shares_without_imports",
                ("select * from data where imports_usd = 0 and concern_share is not null"),
                "a share of nothing is not zero",
            ),
            measure(
                "entities",
                "select count(distinct entity_id) from data",
                1,
                400,
                "importers and blocs",
            ),
        ],
        sources=TRADE,
        movement=Movement(
            [
                "entity_id",
                "netting",
                "membership_variant",
                "item_kind",
                "item_id",
                "stage_id",
                "period_type",
                "period_start_date",
            ],
            "concern_share",
            0.01,
        ),
    )
]
