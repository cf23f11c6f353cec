"""Suites of the World Mineral Statistics."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectPeriodsToHaveBegun, between, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="bgs_wms.statistics",
            expectations=[
                one_of(
                    "bgs_statistic_type_trans",
                    ["Production", "Imports", "Exports"],
                    "trade must never pass for production",
                ),
                one_of(
                    "value_status",
                    ["reported", "estimated", "zero", "trace", "not_available", "unknown"],
                    "a quantity has a known status; a new one needs a decision",
                ),
                one_of("value_operator", ["=", "<"], "how the number is to be read"),
                between("year", 1900, 2100, "the year of the quantity"),
                between("quantity", 0, None, "quantities are not negative"),
                ExpectPeriodsToHaveBegun(
                    column="year", notes="a statistic is about a year that has begun"
                ),
            ],
        )
    ]
