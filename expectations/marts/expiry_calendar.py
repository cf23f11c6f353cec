"""What the texts foresee next."""

from __future__ import annotations

from expectations.suites import Suite, between, none_of

COLUMNS = [
    "clause_id",
    "change_date",
    "last_day_date",
    "days_to_change",
    "state_before",
    "state_after",
    "change_kind",
    "at_stake_missing_reason",
    "lineage_id",
]

SUITES = [
    Suite(
        "expiry_calendar",
        COLUMNS,
        rules=[
            between("days_to_change", 1, 36525, "a calendar looks ahead"),
        ],
        facts=[
            none_of(
                "values_without_reason",
                "select * from data"
                " where most_exposed_usd_high is null and at_stake_missing_reason is null",
                "missing is not zero",
            ),
        ],
        may_be_empty=True,
    )
]
