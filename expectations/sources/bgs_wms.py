"""What landed of the World Mineral Statistics."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, between, declared, none_of, one_of

SUITES = [
    Suite(
        "bgs_wms.statistics",
        declared("bgs_wms", "statistics"),
        rules=[
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
        ],
        facts=[
            none_of(
                "numbers_without_leave",
                "select country_trans, bgs_commodity_trans, year, value_status, quantity from data "
                "where quantity is not null and value_status in ('trace', 'not_available', "
                "'unknown') or quantity is null and value_status in ('reported', 'estimated', "
                "'zero')",
                "a number is there exactly when the status says so; '...' is not zero",
            ),
            none_of(
                "numbers_without_a_unit",
                "select country_trans, bgs_commodity_trans, year, quantity from data "
                "where quantity > 0 and units is null and bgs_statistic_type_trans = 'Production'",
                "production has a unit; a number without one is left out of the facts",
                WARNING,
            ),
        ],
        sources=["bgs_wms"],
    )
]
