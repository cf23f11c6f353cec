"""Shares of world production, by two denominators."""

from __future__ import annotations

from expectations.shared_expectations import country, grade, knowledge
from expectations.suites import WARNING, Movement, Suite, between, none_of, not_null, one_of, shares

COLUMNS = [
    "source_id",
    "edition",
    "material_id",
    "stage_id",
    "country_id",
    "year",
    "denominator",
    "production_share",
    "quantity",
    "quantity_unit",
    "rank",
    "quality_grade",
    "quality_flags",
    "coverage_share",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "production_share",
        COLUMNS,
        rules=[
            country(),
            *shares("production_share"),
            one_of(
                "denominator",
                ["sum_rows", "printed_total"],
                "both denominators are kept, never mixed",
            ),
            grade(),
            not_null("quantity_unit", "a quantity has a unit"),
            between("rank", 1, None, "ranks begin at 1"),
        ],
        facts=[
            *knowledge(),
            none_of(
                "editions_without_gallium",
                (
                    "select edition from data where edition in ('2025', '2026') group by "
                    "edition having count(*) filter (where material_id = 'gallium' and "
                    "country_id = 'CHN') = 0"
                ),
                "China's gallium is the number this warehouse is asked for first",
                WARNING,
            ),
            none_of(
                "years_without_sum_rows",
                (
                    "select edition, material_id, stage_id, year from data group by edition, "
                    "material_id, stage_id, year having count(*) filter (where denominator = "
                    "'sum_rows') = 0"
                ),
                "wherever a printed total gives shares, the rows give them too",
                WARNING,
            ),
        ],
        sources=["usgs_mcs"],
        movement=Movement(
            [
                "source_id",
                "edition",
                "material_id",
                "stage_id",
                "country_id",
                "year",
                "denominator",
            ],
            "production_share",
            0.001,
        ),
    )
]
