"""The bloc as one importer, and what accessions would change."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import TRADE
from expectations.suites import Suite, between, matches, none_of, shares

COLUMNS = [
    "bloc_id",
    "membership_variant",
    "item_kind",
    "item_id",
    "stage_id",
    "period_type",
    "period_start_date",
    "n_members",
    "extra_imports_usd",
    "intra_imports_usd",
    "concern_share",
    "supplier_hhi",
    "quality_grade",
    "quality_flags",
    "lineage_id",
]

SUITES = [
    Suite(
        "bloc_dependency",
        COLUMNS,
        rules=[
            *shares("concern_share", "supplier_hhi"),
            matches(
                "membership_variant",
                "as_of_today|as_of_period|candidate:[A-Z]{3}",
                "how members are counted is said",
            ),
            between("n_members", 0, 60, "members are countries"),
            between("extra_imports_usd", 0, 1e13, "USD of a year; negative values do not exist"),
            between("intra_imports_usd", 0, 1e13, "USD of a year; negative values do not exist"),
        ],
        facts=[
            none_of(
                "numbers_without_members",
                ("select * from data where n_members = 0 and concern_share is not null"),
                "before the founding there is no bloc to measure",
            ),
        ],
        sources=TRADE,
        known_since=date(2025, 12, 13),
    )
]
