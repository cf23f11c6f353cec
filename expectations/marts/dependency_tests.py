"""Strategic dependency by published definitions."""

from __future__ import annotations

from expectations.suites import Suite, matches, none_of, not_null

COLUMNS = [
    "entity_id",
    "netting",
    "nomenclature",
    "product_code",
    "year",
    "method_id",
    "criterion_id",
    "criterion_value",
    "threshold",
    "comparator",
    "is_passed",
    "is_dependent_by_method",
    "lineage_id",
]

SUITES = [
    Suite(
        "dependency_tests",
        COLUMNS,
        rules=[
            matches("product_code", "[0-9]{6}", "six digits as text"),
            not_null("method_id", "a definition has a name"),
        ],
        facts=[
            none_of(
                "verdicts_without_a_value",
                (
                    "select * from data where is_passed and criterion_value is null and not "
                    "is_exports_zero"
                ),
                (
                    "what is unknown does not pass; only without any exports is there no ratio "
                    "to compare"
                ),
            ),
        ],
        sources=["cepii_baci"],
    )
]
