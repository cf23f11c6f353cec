"""Suite of the United Kingdom's monthly trade by CN8."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    ExpectMonthsToBeConsecutive,
    ExpectPeriodsToHaveBegun,
    ExpectValuesToBePresent,
    between,
    matches,
    one_of,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="uk_hmrc.flows",
            expectations=[
                matches("period", "[0-9]{4}(?:0[1-9]|1[0-2])", "a month as six digits, YYYYMM"),
                one_of("flow", ["import", "export"], "the direction in words"),
                matches("product_code", "[0-9]{8}|[0-9]{6}", "CN8 (or suppressed to HS6) as text"),
                between("value_usd", 0, 1e12, "USD; negative values do not exist"),
                between("value_gbp", 0, 1e12, "GBP; negative values do not exist"),
                ExpectValuesToBePresent(
                    column="value_gbp",
                    other_columns=["value_usd"],
                    group_by=["edition", "period"],
                    min_share=0.99,
                    notes="a line has a value in pounds, or in dollars where the file converted it",
                ),
                between("net_mass_kg", 0, 1e13, "kilograms; negative weights do not exist"),
                ExpectMonthsToBeConsecutive(
                    column="period",
                    group_by=["edition"],
                    severity="warning",
                    notes="no month is missing between the first and the last",
                ),
                ExpectPeriodsToHaveBegun(
                    column="period", notes="trade is declared for a month that has begun"
                ),
            ],
        )
    ]
