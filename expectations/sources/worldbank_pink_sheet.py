"""Suite of the Pink Sheet."""

from __future__ import annotations

from great_expectations import ExpectationSuite

from expectations.shared_expectations import (
    ExpectGroupValueToBeBetween,
    ExpectMonthsToBeConsecutive,
    ExpectPeriodsToHaveBegun,
    between,
    matches,
)


def build_suites() -> list[ExpectationSuite]:
    return [
        ExpectationSuite(
            name="worldbank_pink_sheet.prices",
            expectations=[
                matches("month", "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])", "months are YYYYMM"),
                matches(
                    "unit",
                    r"\$/(?:mt|dmtu|troy oz|mmbtu|kg|bbl|gal|cubic meter|sheet)",
                    "dollars per unit; an index in a price column has none",
                ),
                between("price", 0, 100_000, "nominal dollars; no series of the sheet is negative"),
                ExpectGroupValueToBeBetween(
                    column="unit",
                    group_by=["edition", "series"],
                    aggregate="n_unique",
                    min_value=1,
                    max_value=1,
                    notes="a series has one unit; a second one would be averaged in unnoticed",
                ),
                ExpectMonthsToBeConsecutive(
                    column="month",
                    group_by=["edition"],
                    notes="the sheet has every month; a gap is a cut or a skipped line",
                ),
                ExpectPeriodsToHaveBegun(
                    column="month",
                    notes="an edition is about months that were over when it appeared",
                ),
            ],
        )
    ]
