"""Suites of the Harmonized System's lists, conversions and correlations."""

from __future__ import annotations

from typing import Any

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectGroupValueToBeBetween, matches, one_of

SIX_DIGITS = "[0-9]{6}"


def revision(column: str) -> Any:
    return matches(column, "HS[0-9]{4}", "a revision such as HS2017")


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="un_hs.codes",
            expectations=[
                revision("nomenclature"),
                matches("product_code", SIX_DIGITS, "six digits as text, leading zeros kept"),
                ExpectGroupValueToBeBetween(
                    column="product_code",
                    group_by=["nomenclature"],
                    aggregate="n_unique",
                    min_value=5000,
                    severity="warning",
                    notes="a revision has more than five thousand codes; fewer would let products "
                    "vanish",
                ),
            ],
        ),
        ExpectationSuite(
            name="un_hs.conversions",
            expectations=[
                revision("from_nomenclature"),
                revision("to_nomenclature"),
                matches("from_code", SIX_DIGITS, "six digits as text"),
                matches("to_code", SIX_DIGITS, "six digits as text"),
            ],
        ),
        ExpectationSuite(
            name="un_hs.correlations",
            expectations=[
                revision("from_nomenclature"),
                revision("to_nomenclature"),
                matches("from_code", SIX_DIGITS, "six digits as text"),
                one_of(
                    "relationship",
                    ["1:1", "1:n", "n:1", "n:n"],
                    "how many codes are on each side",
                ),
            ],
        ),
    ]
