"""What a kilogram of a reconciled flow cost."""

from __future__ import annotations

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, between, none_of

COLUMNS = [
    "exporter_id",
    "importer_id",
    "nomenclature",
    "product_code",
    "period_type",
    "period_start_date",
    "value_usd",
    "net_weight_kg",
    "uv_usd_kg",
    "uv_world_median",
    "ratio_to_median",
    "is_outlier",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "unit_value",
        COLUMNS,
        rules=[
            country("exporter_id"),
            country("importer_id"),
            between("uv_usd_kg", 0, None, "prices are positive"),
        ],
        facts=[
            no_future(),
            none_of(
                "prices_without_weight",
                "select * from data where uv_usd_kg is not null and net_weight_kg is null",
                "no weight, no unit value",
            ),
        ],
        sources=["un_comtrade"],
    )
]
