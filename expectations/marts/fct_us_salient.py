"""US salient statistics."""

from __future__ import annotations

from expectations.shared_expectations import knowledge, status
from expectations.suites import Suite

COLUMNS = [
    "source_id",
    "edition",
    "commodity",
    "statistic",
    "detail",
    "unit",
    "year",
    "value",
    "value_operator",
    "value_status",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_us_salient",
        COLUMNS,
        rules=[
            status(),
        ],
        facts=[
            *knowledge(),
        ],
        sources=["usgs_mcs"],
        may_be_empty=True,
    )
]
