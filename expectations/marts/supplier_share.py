"""From whom an entity gets an item."""

from __future__ import annotations

from expectations.shared_expectations import TRADE, UNMAPPED_MAX, country, grade
from expectations.suites import WARNING, Movement, Suite, between, measure, none_of, one_of, shares

COLUMNS = [
    "source_id",
    "edition",
    "entity_id",
    "netting",
    "membership_variant",
    "item_kind",
    "item_id",
    "stage_id",
    "period_type",
    "period_start_date",
    "supplier_id",
    "flow_basis",
    "qty_basis",
    "value_usd",
    "value_share",
    "rank",
    "prob_rank1",
    "is_concern",
    "quality_grade",
    "quality_flags",
    "lineage_id",
]

SUITES = [
    Suite(
        "supplier_share",
        COLUMNS,
        rules=[
            country("entity_id"),
            country("supplier_id"),
            *shares("value_share", "prob_rank1"),
            one_of("item_kind", ["material", "good", "product"], "what is bought"),
            one_of("netting", ["extra", "gross"], "with or without flows among members"),
            grade(),
            between("rank", 1, None, "ranks begin at 1"),
        ],
        facts=[
            none_of(
                "answers_that_readers_ask_first",
                (
                    "select w.entity_id, w.item_id from (values ('JPN', '850511'), ('NLD', "
                    "'284690'), ('USA', '854231'), ('USA', '381800')) as w(entity_id, item_id) "
                    "where (select count(distinct source_id) from known_receipts) >= 3 and not "
                    "exists (select 1 from data as d where d.entity_id = w.entity_id and "
                    "d.item_id = w.item_id)"
                ),
                (
                    "Japan's magnets, the Netherlands' rare-earth compounds, the USA's logic "
                    "chips and wafers"
                ),
                WARNING,
            ),
            measure(
                "unmapped_value_share",
                (
                    "select sum(value_usd) filter (where supplier_id = 'UNMAPPED') / "
                    "nullif(sum(value_usd), 0) from data"
                ),
                0,
                UNMAPPED_MAX,
                "codes nobody has decided",
                WARNING,
            ),
        ],
        sources=TRADE,
        movement=Movement(
            [
                "source_id",
                "edition",
                "entity_id",
                "netting",
                "membership_variant",
                "item_kind",
                "item_id",
                "stage_id",
                "period_type",
                "period_start_date",
                "supplier_id",
                "flow_basis",
                "qty_basis",
            ],
            "value_share",
            0.01,
        ),
    )
]
