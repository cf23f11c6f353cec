"""Two sources or editions beside each other."""

from __future__ import annotations

from expectations.shared_expectations import country, no_future
from expectations.suites import Suite, none_of, one_of

COLUMNS = [
    "material_id",
    "stage_id",
    "country_id",
    "year",
    "source_id_a",
    "edition_a",
    "source_id_b",
    "edition_b",
    "qty_basis_a",
    "qty_basis_b",
    "quantity_a",
    "quantity_b",
    "quantity_ratio",
    "agreement_class",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "source_agreement",
        COLUMNS,
        rules=[
            country(),
            one_of(
                "agreement_class",
                ["agree", "differ", "basis_differs", "one_missing"],
                "disagreement is information; it is never averaged away",
            ),
        ],
        facts=[
            no_future(),
            none_of(
                "ratios_across_bases",
                (
                    "select * from data where quantity_ratio is not null "
                    "and qty_basis_a <> qty_basis_b"
                ),
                "gross weight is never divided by content",
            ),
        ],
        sources=["usgs_mcs", "bgs_wms"],
        may_be_empty=True,
    )
]
