"""Where US imports came from, by commodity."""

from __future__ import annotations

from expectations.shared_expectations import country, knowledge
from expectations.suites import Suite, shares

COLUMNS = [
    "source_id",
    "edition",
    "commodity",
    "detail",
    "country_id",
    "import_share",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_us_import_source",
        COLUMNS,
        rules=[
            *shares("import_share"),
            country(),
        ],
        facts=[
            *knowledge(),
        ],
        sources=["usgs_mcs"],
        may_be_empty=True,
    )
]
