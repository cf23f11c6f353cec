"""What is covered, how well, and what is missing."""

from __future__ import annotations

from expectations.shared_expectations import grade
from expectations.suites import Suite, between, shares

COLUMNS = [
    "subject_kind",
    "subject_id",
    "period",
    "coverage_status",
    "coverage_share",
    "unmapped_share",
    "mirror_disagreement_share",
    "freshest_complete_year",
    "n_rows",
    "grade",
]

SUITES = [
    Suite(
        "quality_scorecard",
        COLUMNS,
        rules=[
            *shares(
                "coverage_share",
                "unmapped_share",
                "estimated_share",
                "withheld_share",
                "mirror_disagreement_share",
            ),
            between("freshest_complete_year", 1962, 2100, "a year that a source may hold"),
            grade("grade"),
            between("n_rows", 0, None, "a count is not negative"),
        ],
    )
]
