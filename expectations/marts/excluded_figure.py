"""Production figures that landed and stand in no fact."""

from __future__ import annotations

from expectations.suites import WARNING, Suite, none_of, one_of

COLUMNS = [
    "source_id",
    "edition",
    "table_name",
    "commodity_label",
    "label",
    "statistic",
    "reason_id",
    "reason",
    "is_quarantined",
    "n_figures",
    "known_from_date",
    "lineage_id",
]

SUITES = [
    Suite(
        "excluded_figure",
        COLUMNS,
        rules=[
            one_of(
                "reason_id",
                ["magnitude_slip", "unit_unknown", "label_undecided", "outside_register"],
                "a figure is left out for a known reason",
            ),
        ],
        facts=[
            none_of(
                "figures_in_doubt",
                "select edition, commodity_label, label, statistic, reason from data "
                "where is_quarantined",
                "held back because the unit is off or unknown; a row of unit_overrides.csv or "
                "usgs_units.csv brings them in",
                WARNING,
            ),
            none_of(
                "labels_that_nobody_has_decided",
                "select source_id, edition, commodity_label, label, statistic, n_figures from data "
                "where reason_id = 'label_undecided'",
                "map or drop them in usgs_series.csv or bgs_series.csv",
                WARNING,
            ),
        ],
        sources=["usgs_mcs", "bgs_wms"],
        may_be_empty=True,
    )
]
