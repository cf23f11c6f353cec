"""Capacity of the register's projects, by year and case."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, none_of, one_of

COLUMNS = [
    "item_kind",
    "item_id",
    "stage_id",
    "country_id",
    "capacity_unit",
    "status",
    "year",
    "pipeline_case",
    "capacity_nameplate",
    "capacity_expected",
    "n_projects",
    "project_ids",
]

SUITES = [
    Suite(
        "project_pipeline",
        COLUMNS,
        rules=[
            country(),
            one_of("pipeline_case", ["low", "base", "high"], "three cases and no forecast"),
        ],
        facts=[
            none_of(
                "more_than_the_nameplate",
                "select * from data where capacity_expected > capacity_nameplate + 0.01",
                "odds and ramps only take away",
            ),
        ],
        may_be_empty=True,
    )
]
