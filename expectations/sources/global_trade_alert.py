"""What landed of Global Trade Alert."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, declared, matches, measure, none_of, one_of

SOURCES = ["global_trade_alert"]
PRECISIONS = ["day", "month", "year"]

SUITES = [
    Suite(
        "global_trade_alert.interventions",
        declared("global_trade_alert", "interventions"),
        rules=[
            one_of("gta_evaluation", ["Red", "Amber", "Green"], "GTA has three colours"),
            one_of("date_implemented_precision", PRECISIONS, "a default day is no day"),
            one_of("date_removed_precision", PRECISIONS, "a default day is no day"),
        ],
        facts=[
            none_of(
                "removed_before_implemented",
                "select intervention_id, date_implemented, date_removed from data "
                "where date_removed < date_implemented",
                "an end before the beginning is a typing error of the source",
                WARNING,
            ),
            measure(
                "share_without_issuer",
                "select avg(case when implementing_ids is null then 1.0 else 0.0 end) from data",
                None,
                0.05,
                "GTA names who acts; many rows without one mean that names changed",
            ),
        ],
        sources=SOURCES,
    ),
    Suite(
        "global_trade_alert.products",
        declared("global_trade_alert", "products"),
        rules=[matches("product_code_raw", r"\d{5,6}", "an HS code, its zero perhaps lost")],
        sources=SOURCES,
    ),
]
