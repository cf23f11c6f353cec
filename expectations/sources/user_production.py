"""Suite of a user's own tables of production."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import ExpectPeriodsToHaveBegun, between, one_of


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="user_production.production",
            expectations=[
                one_of(
                    "basis_label",
                    ["content", "net_weight", "oxide_eq"],
                    "figures on different bases are never added",
                ),
                one_of(
                    "value_status",
                    ["reported", "estimated", "zero", "withheld", "not_available"],
                    "a missing figure has its reason",
                ),
                one_of(
                    "row_kind",
                    ["country", "other_countries", "printed_world_total"],
                    "a total is no country",
                ),
                between("quantity", 0, None, "quantities are not negative"),
                ExpectPeriodsToHaveBegun(
                    column="year", notes="a figure is about a year that has begun"
                ),
            ],
        )
    ]
