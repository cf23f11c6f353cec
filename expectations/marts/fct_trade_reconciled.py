"""Reconciled trade flows, one value per flow."""

from __future__ import annotations

from expectations.shared_expectations import UNMAPPED_MAX, country, knowledge
from expectations.suites import WARNING, Suite, between, measure, none_of, one_of
from warehouse.statistics.baci_comparison import UNIVERSE, short_of_sql

COLUMNS = [
    "source_id",
    "edition",
    "exporter_id",
    "importer_id",
    "nomenclature",
    "product_code",
    "period_type",
    "period_start_date",
    "year",
    "value_usd",
    "net_weight_kg",
    "flow_basis",
    "denominator_scope",
    "is_truncated",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_trade_reconciled",
        COLUMNS,
        rules=[
            country("exporter_id"),
            country("importer_id"),
            between("value_usd", 0, 1e12, "USD of one flow"),
            one_of("flow_basis", ["reconciled_fob"], "one basis for all rows"),
        ],
        facts=[
            *knowledge(),
            measure(
                "unmapped_value_share",
                (
                    "select sum(value_usd) filter (where 'UNMAPPED' in (exporter_id, "
                    "importer_id)) / nullif(sum(value_usd), 0) from data"
                ),
                0,
                UNMAPPED_MAX,
                "codes nobody has decided",
                WARNING,
            ),
            none_of(
                "flows_within_a_country",
                (
                    "select * from data where exporter_id = importer_id and exporter_id not in "
                    "('NES', 'SPECIAL', 'UNMAPPED', 'CHN')"
                ),
                ("reconciled flows cross a border (China imports its own goods again)"),
                WARNING,
            ),
            none_of(
                "years_short_of_the_benchmark",
                short_of_sql("data"),
                f"our own flows come as close to CEPII's as they shall, by {UNIVERSE}",
                WARNING,
            ),
        ],
        sources=["cepii_baci"],
    )
]
