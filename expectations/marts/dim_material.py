"""Materials."""

from __future__ import annotations

from expectations.suites import Suite, measure, not_null

COLUMNS = [
    "material_id",
    "material_name",
    "symbol",
    "material_group",
    "is_byproduct",
    "headline_stage_id",
]

SUITES = [
    Suite(
        "dim_material",
        COLUMNS,
        rules=[
            not_null("material_name", "a material has a name"),
        ],
        facts=[
            measure(
                "materials",
                "select count(*) from data",
                30,
                300,
                "the register has some eighty materials",
            ),
        ],
    )
]
