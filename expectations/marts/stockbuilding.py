"""What was bought between the announcement of a measure and its first day."""

from __future__ import annotations

from expectations.suites import Suite, between, none_of, one_of

COLUMNS = [
    "event_id",
    "issuer_id",
    "destination_id",
    "product_code",
    "measure",
    "window_start_date",
    "window_end_date",
    "observed_kg",
    "expected_kg",
    "excess_share",
    "lineage_id",
]

SUITES = [
    Suite(
        "stockbuilding",
        COLUMNS,
        rules=[
            one_of("measure", ["export_side", "import_side"], "who declares the flow"),
            between("observed_kg", 0, None, "a weight is not negative"),
        ],
        facts=[
            none_of(
                "windows_of_immediate_measures",
                "select * from data where window_start_date >= window_end_date",
                "what bites at once leaves no time to stock up",
            ),
        ],
        may_be_empty=True,
    )
]
