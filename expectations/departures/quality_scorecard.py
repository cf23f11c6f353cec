"""What is covered, how well, and what is missing."""

from __future__ import annotations

from expectations.suites import Suite, between, shares
from expectations.words import grade

COLUMNS = [
    "subject_kind",
    "subject_id",
    "period",
    "coverage_status",
    "coverage_share",
    "unmapped_share",
    "n_rows",
    "grade",
]

SUITES = [
    Suite(
        "quality_scorecard",
        COLUMNS,
        rules=[
            *shares("coverage_share", "unmapped_share", "estimated_share", "withheld_share"),
            grade("grade"),
            between("n_rows", 0, None, "a count is not negative"),
        ],
    )
]
