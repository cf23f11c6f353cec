"""Suite of the EU members' declared trade."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    ExpectGroupValueToBeBetween,
    ExpectPeriodsToHaveBegun,
    between,
    matches,
    one_of,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="eurostat_comext.flows",
            expectations=[
                matches("period", "[0-9]{4}(?:[0-9]{2})?", "a year or a month (52 means the year)"),
                matches("declarant", "[A-Z]{2}", "Eurostat's two letters; EL is Greece"),
                matches(
                    "product_code", "[0-9A-Z]{8}|[0-9]{6}", "a line of the CN as text, or an HS6"
                ),
                one_of(
                    "flow", ["import", "export"], "the direction in words, not in codes 1 and 2"
                ),
                between("value_eur", 0, 1e12, "euro of one line; negative values are corrections"),
                between("quantity_kg", 0, 1e13, "kilograms; negative weights do not exist"),
                ExpectGroupValueToBeBetween(
                    column="declarant",
                    group_by=["edition", "period"],
                    aggregate="n_unique",
                    min_value=8,
                    where="period.str.len() == 4",
                    severity="warning",
                    notes="the members that are parties declare every year",
                ),
                ExpectPeriodsToHaveBegun(
                    column="period", notes="trade is declared for a period that has begun"
                ),
            ],
        )
    ]
