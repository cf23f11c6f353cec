"""Suite of the Worldwide Governance Indicators."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    ExpectGroupValueToBeBetween,
    ExpectPeriodsToHaveBegun,
    ExpectValuesToBePresent,
    between,
    matches,
    one_of,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="worldbank_wgi.indicators",
            expectations=[
                one_of(
                    "indicator",
                    ["cc", "ge", "pv", "rl", "rq", "va"],
                    "the six dimensions; another one would be averaged in unnoticed",
                ),
                matches("country_code", "[A-Z]{3}", "codes are three letters"),
                between("year", 1996, 2100, "the indicators begin in 1996"),
                between(
                    "estimate",
                    -5,
                    5,
                    "standard normal units; a percentile rank (0 to 100) in this column would make "
                    "every supplier look stable",
                ),
                between("stddev", 0, 2, "a standard error is positive and small"),
                ExpectGroupValueToBeBetween(
                    column="indicator",
                    group_by=["edition", "year"],
                    aggregate="n_unique",
                    min_value=6,
                    max_value=6,
                    where="estimate.notna()",
                    notes="a year of an edition has all six dimensions; fewer is an incomplete "
                    "response",
                ),
                ExpectValuesToBePresent(
                    column="estimate",
                    group_by=["edition", "indicator"],
                    min_share=0.5,
                    notes="a dimension whose estimates could not be read would leave suppliers "
                    "without a weight",
                ),
                ExpectGroupValueToBeBetween(
                    column="country_code",
                    group_by=["edition", "year"],
                    aggregate="n_unique",
                    min_value=150,
                    where="estimate.notna()",
                    severity="warning",
                    notes="editions cover about 200 countries; with few of them suppliers lack "
                    "a weight",
                ),
                ExpectGroupValueToBeBetween(
                    column="estimate",
                    group_by=["edition", "year", "indicator"],
                    aggregate="mean",
                    min_value=-0.25,
                    max_value=0.25,
                    min_rows=150,
                    severity="warning",
                    notes="each dimension is scaled to an average near zero in each year",
                ),
                ExpectPeriodsToHaveBegun(
                    column="year",
                    min_lag_years=1,
                    notes="an edition is about years that were over when it appeared",
                ),
            ],
        )
    ]
