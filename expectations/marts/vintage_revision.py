"""How numbers moved between editions."""

from __future__ import annotations

from expectations.shared_expectations import country
from expectations.suites import Suite, none_of

COLUMNS = [
    "source_id",
    "material_id",
    "stage_id",
    "country_id",
    "year",
    "edition_from",
    "edition_to",
    "quantity_from",
    "quantity_to",
    "lineage_id",
]

SUITES = [
    Suite(
        "vintage_revision",
        COLUMNS,
        rules=[
            country(),
        ],
        facts=[
            none_of(
                "editions_the_wrong_way",
                "select * from data where published_to_date < published_from_date",
                "from the older to the newer",
            ),
        ],
        sources=["usgs_mcs"],
        may_be_empty=True,
    )
]
