"""What a country uses, and what that figure is made of."""

from __future__ import annotations

from expectations.shared_expectations import country, knowledge
from expectations.suites import Suite, between, none_of, one_of

TERMS = ("primary_production", "secondary_production", "imports", "exports", "stock_change")
COLUMNS = [
    "source_id",
    "edition",
    "country_id",
    "material_id",
    "form_id",
    "year",
    "quantity_unit",
    "qty_basis",
    *(f"{term}_{part}" for term in TERMS for part in ("quantity", "status")),
    "consumption_quantity",
    "consumption_operator",
    "balance_quantity",
    "known_from_date",
    "lineage_id",
]
WITHOUT_LEAVE = " or ".join(
    f"({term}_quantity is not null and {term}_status not in ('reported', 'estimated', 'zero'))"
    for term in TERMS
)

SUITES = [
    Suite(
        "apparent_consumption",
        COLUMNS,
        rules=[
            country(),
            between("imports_quantity", 0, None, "quantities are not negative"),
            one_of(
                "qty_basis",
                ["content", "oxide_eq", "net_weight", "volume", "mixed"],
                "nothing is added without a basis",
            ),
        ],
        facts=[
            *knowledge(),
            none_of(
                "numbers_without_leave",
                f"select * from data where {WITHOUT_LEAVE}",
                "a withheld, unlisted or unavailable line has no number",
            ),
        ],
        sources=["usgs_mcs"],
        may_be_empty=True,
    )
]
