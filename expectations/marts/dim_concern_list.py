"""Lists of countries of concern."""

from __future__ import annotations

from expectations.shared_expectations import no_future
from expectations.suites import Suite, measure, not_null

COLUMNS = ["list_id", "list_name", "legal_basis", "is_headline", "known_from_date"]

SUITES = [
    Suite(
        "dim_concern_list",
        COLUMNS,
        rules=[
            not_null("legal_basis", "a list is somebody's law, not our opinion"),
        ],
        facts=[
            no_future(),
            measure(
                "headline_lists",
                (
                    "select case when exists (select 1 from data) then count(*) filter (where "
                    "is_headline) end from data"
                ),
                1,
                1,
                "exactly one list is the headline of concern_share",
            ),
        ],
        may_be_empty=True,
    )
]
