"""What projects leave of the imports from countries of concern."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, none_of, one_of

COLUMNS = [
    "entity_id",
    "item_id",
    "stage_id",
    "year",
    "pipeline_case",
    "concern_list_id",
    "concern_imports_t",
    "pipeline_t_weighted",
    "gap_t",
    "missing_reason",
]

SUITES = [
    Suite(
        "pipeline_gap",
        COLUMNS,
        rules=[
            country("entity_id"),
            one_of("pipeline_case", ["low", "base", "high"], "three cases and no forecast"),
        ],
        facts=[
            none_of(
                "gaps_without_reason",
                "select * from data where gap_t is null and missing_reason is null",
                "units that do not compare give NULL and say so",
            ),
        ],
        may_be_empty=True,
    )
]
