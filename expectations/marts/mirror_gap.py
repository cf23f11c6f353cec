"""Where two declarations of one flow disagree, and why."""

from __future__ import annotations

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, none_of, one_of

COLUMNS = [
    "exporter_id",
    "importer_id",
    "nomenclature",
    "product_code",
    "period_type",
    "period_start_date",
    "measure",
    "x_reported",
    "m_reported",
    "m_aligned_fob",
    "log_gap",
    "ratio",
    "gap_class",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "mirror_gap",
        COLUMNS,
        rules=[
            country("exporter_id"),
            country("importer_id"),
            one_of("measure", ["usd", "kg"], "what the gap is measured in"),
            one_of(
                "gap_class",
                [
                    "freight",
                    "entrepot",
                    "one_sided",
                    "confidential",
                    "basket_code",
                    "timing",
                    "unexplained",
                ],
                "each gap has one reason",
            ),
        ],
        facts=[
            no_future(),
            none_of(
                "gaps_of_one_report",
                "select * from data where log_gap is not null "
                "and (x_reported is null or m_reported is null)",
                "a gap needs two reports",
            ),
        ],
        sources=["un_comtrade"],
    )
]
