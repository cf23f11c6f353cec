"""How concentrated supply is."""

from __future__ import annotations

from expectations.shared_expectations import TRADE, grade
from expectations.suites import Suite, between, none_of, one_of, shares

COLUMNS = [
    "scope",
    "entity_id",
    "item_kind",
    "item_id",
    "stage_id",
    "denominator",
    "hhi",
    "top1_id",
    "top1_share",
    "n_suppliers",
    "quality_grade",
    "quality_flags",
    "lineage_id",
]

SUITES = [
    Suite(
        "concentration",
        COLUMNS,
        rules=[
            one_of(
                "scope",
                ["world_production", "world_exports", "entity_imports"],
                "three questions, never mixed",
            ),
            *shares("top1_share"),
            between(
                "hhi",
                0,
                1.01,
                ("at most 1, but for a printed total that its own rows exceed by rounding"),
            ),
            grade(),
            between("n_suppliers", 0, 300, "suppliers are countries"),
        ],
        facts=[
            none_of(
                "hhi_outside_its_bounds",
                (
                    "select * from data where denominator = 'sum_rows' and (hhi > top1_share + "
                    "1e-9 or hhi < top1_share * top1_share - 1e-9)"
                ),
                "the square of the largest share <= hhi <= the largest share",
            ),
        ],
        sources=("usgs_mcs", *TRADE),
    )
]
