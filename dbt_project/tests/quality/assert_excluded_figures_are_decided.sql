{{ config(
    severity='warn',
    description="Figures held back because their unit is off or unknown need a row of "
        ~ "unit_overrides.csv or usgs_units.csv; undecided labels one of usgs_series.csv or "
        ~ "bgs_series.csv."
) }}
select
    source_id, edition, commodity_label, label, statistic, reason_id, n_figures
from {{ ref('excluded_figure') }}
where is_quarantined or reason_id = 'label_undecided'
