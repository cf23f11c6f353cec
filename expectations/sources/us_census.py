"""Suite of US trade by HS10 and partner."""

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
            name="us_census.flows",
            expectations=[
                matches("period", "[0-9]{4}(?:[0-9]{2})?", "a year or a month, as digits"),
                matches("product_code", "[0-9]{6}(?:[0-9]{4})?", "HS10 (or HS6) as text"),
                matches(
                    "cty_code",
                    r".*\S.*",
                    "a partner without code would drop out of the denominator",
                ),
                one_of("flow", ["import", "export"], "the direction; values differ in basis"),
                one_of(
                    "scope",
                    ["listed_partners", "all_partners"],
                    "what the denominator holds; without it shares cannot be read",
                ),
                between("value_usd", 0, 1e12, "USD of one line; negative values do not exist"),
                between("cal_duty_usd", 0, 1e12, "calculated duty in USD"),
                ExpectGroupValueToBeBetween(
                    column="scope",
                    group_by=["edition", "period", "flow"],
                    aggregate="n_unique",
                    max_value=1,
                    notes="all lines of a period share one denominator",
                ),
                ExpectPeriodsToHaveBegun(
                    column="period", notes="trade is declared for a period that has begun"
                ),
            ],
        )
    ]
