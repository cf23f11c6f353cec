"""What is left of a supply when suppliers stop."""

from __future__ import annotations

from expectations.shared_expectations import TRADE
from expectations.suites import Suite, matches, none_of, shares

COLUMNS = [
    "scope",
    "netting",
    "membership_variant",
    "material_id",
    "stage_id",
    "year",
    "removal",
    "removed_share",
    "n1_supply_share",
    "n1_balance_ratio",
    "removed_ids",
    "basis",
    "quality_flags",
    "lineage_id",
]

SUITES = [
    Suite(
        "n_minus",
        COLUMNS,
        rules=[
            matches("removal", "top1|top2|concern|member:[A-Z]{3}", "who stops supplying"),
            *shares("removed_share"),
        ],
        facts=[
            none_of(
                "more_left_after_two_than_after_one",
                (
                    "select a.* from data as a left join data as b on a.scope = b.scope and "
                    "a.netting = b.netting and a.membership_variant = b.membership_variant and "
                    "a.material_id = b.material_id and a.stage_id = b.stage_id and "
                    "a.year = b.year and b.removal = 'top1' where a.removal = 'top2' and "
                    "a.n1_supply_share > coalesce(b.n1_supply_share, 1) + 1e-9"
                ),
                "without the two largest there is never more than without the largest",
            ),
        ],
        sources=("usgs_mcs", *TRADE),
    )
]
