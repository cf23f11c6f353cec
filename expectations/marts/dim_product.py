"""Product codes of the nomenclatures."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, matches, none_of

COLUMNS = ["nomenclature", "product_code", "description"]

SUITES = [
    Suite(
        "dim_product",
        COLUMNS,
        rules=[
            matches(
                "product_code", "[0-9]{6,10}", "codes are text of digits with their leading zeros"
            ),
            matches("nomenclature", "HS[0-9]{4}", "a revision such as HS2017"),
        ],
        facts=[
            none_of(
                "revisions_with_few_codes",
                (
                    "select nomenclature, count(*) as n from data group by nomenclature having "
                    "count(*) < 5000"
                ),
                "a revision has more than five thousand six-digit codes",
                WARNING,
            ),
        ],
        may_be_empty=True,
    )
]
