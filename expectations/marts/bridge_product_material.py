"""Which product holds which material or good, and how much of it."""

from __future__ import annotations

from expectations.suites import Suite, none_of, not_null, one_of, shares

COLUMNS = [
    "nomenclature",
    "product_code",
    "item_kind",
    "item_id",
    "stage_id",
    "material_value_share_low",
    "material_value_share_high",
    "is_basket",
    "exclusivity",
    "confidence",
    "share_basis",
    "share_lineage_id",
    "share_known_from_date",
]

SUITES = [
    Suite(
        "bridge_product_material",
        COLUMNS,
        rules=[
            one_of("item_kind", ["material", "good"], "a product holds materials or is a good"),
            not_null("is_basket", "a basket must never be read as one metal"),
            *shares("material_value_share_low", "material_value_share_high"),
        ],
        facts=[
            none_of(
                "bands_the_wrong_way",
                ("select * from data where material_value_share_low > material_value_share_high"),
                "low is not above high",
            ),
            none_of(
                "baskets_sold_as_one_metal",
                ("select * from data where product_code = '811292' and not is_basket"),
                ("811292 holds gallium, germanium, indium, niobium, vanadium and hafnium together"),
            ),
        ],
    )
]
