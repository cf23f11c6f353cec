"""Projects of mines, plants and fabs."""

from __future__ import annotations

from datetime import date

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, not_null

COLUMNS = [
    "project_id",
    "project_name",
    "country_id",
    "status",
    "source_url",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_project",
        COLUMNS,
        rules=[
            country(),
            not_null("project_name", "a project has a name"),
        ],
        facts=[
            no_future(),
        ],
        known_since=date(2026, 1, 1),
    )
]
