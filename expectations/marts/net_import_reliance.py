"""How much of its use a country imports."""

from __future__ import annotations

from expectations.shared_expectations import country, knowledge, status
from expectations.suites import Suite, none_of, one_of, shares

COLUMNS = [
    "country_id",
    "material_id",
    "form_id",
    "year",
    "source_id",
    "edition",
    "method",
    "nir_ratio",
    "nir_operator",
    "value_status",
    "is_net_exporter",
    "definition_text",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "net_import_reliance",
        COLUMNS,
        rules=[
            country(),
            *shares("nir_ratio"),
            one_of(
                "method",
                ["published", "identity", "trade_only_proxy"],
                "three answers, never mixed; a proxy is called one",
            ),
            one_of("nir_operator", ["=", ">", "<", ">=", "<="], "a bound keeps its operator"),
            status(),
        ],
        facts=[
            *knowledge(),
            none_of(
                "net_exporters_with_a_number",
                "select * from data where is_net_exporter and nir_ratio is not null",
                "a net exporter's reliance is not zero",
            ),
            none_of(
                "bounds_that_we_made",
                "select * from data where nir_operator <> '=' and method <> 'published'",
                "only the publisher says above or below",
            ),
        ],
        sources=["usgs_mcs", "cepii_baci"],
        may_be_empty=True,
    )
]
