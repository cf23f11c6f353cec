"""Declared trade flows."""

from __future__ import annotations

from expectations.shared_expectations import UNMAPPED_MAX, country, knowledge
from expectations.suites import WARNING, Suite, between, measure, none_of, one_of

COLUMNS = [
    "source_id",
    "edition",
    "reporter_id",
    "partner_id",
    "nomenclature",
    "product_code",
    "flow",
    "period_type",
    "period_start_date",
    "period_end_date",
    "year",
    "value_usd",
    "value_native",
    "currency",
    "flow_basis",
    "denominator_scope",
    "row_method",
    "net_weight_kg_final",
    "weight_method",
    "is_partner_gap",
    "is_complete",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "fct_trade_reported",
        COLUMNS,
        rules=[
            country("reporter_id"),
            country("partner_id"),
            between("value_usd", 0, 1e12, "USD of one flow; negative values do not exist"),
            one_of("flow", ["import", "export"], "the direction"),
            one_of(
                "denominator_scope",
                ["all_partners", "listed_partners"],
                "what the denominator holds",
            ),
            one_of(
                "flow_basis",
                ["importer_cif", "importer_fob_adj", "importer_customs_value", "exporter_fob"],
                "CIF and FOB must not be added",
            ),
            one_of("period_type", ["A", "M"], "years or months"),
            one_of(
                "row_method",
                ["total_row", "largest_row", "sum_of_leaves"],
                "totals and breakdowns are never added",
            ),
        ],
        facts=[
            *knowledge(),
            measure(
                "unmapped_value_share",
                (
                    "select sum(value_usd) filter (where partner_id = 'UNMAPPED') / "
                    "nullif(sum(value_usd), 0) from data"
                ),
                0,
                UNMAPPED_MAX,
                "codes nobody has decided; one CSV row each repairs it",
                WARNING,
            ),
            measure(
                "partner_gap_share",
                "select avg(case when is_partner_gap then 1.0 else 0 end) from data",
                0,
                0.05,
                "products whose partners miss World; more of them means lost partners",
                WARNING,
            ),
            none_of(
                "periods_the_wrong_way",
                "select * from data where period_end_date < period_start_date",
                "the last day is not before the first",
            ),
        ],
        sources=["eurostat_comext", "us_census", "uk_hmrc", "un_comtrade"],
    )
]
