"""The columns of the reporters' weights, for a run that has nothing to weigh."""

NO_ROWS = """
    select
        cast(null as varchar) as period_type,
        cast(null as date) as period_start_date,
        cast(null as varchar) as role,
        cast(null as varchar) as country_id,
        cast(null as double) as log_odds,
        cast(null as double) as log_error,
        cast(null as boolean) as is_excluded_as_unreliable,
        cast(null as bigint) as n_flows,
        cast(null as bigint) as n_reference_flows,
        cast(null as bigint) as n_training_pairs,
        cast(null as double) as freight_constant,
        cast(null as double) as freight_by_unit_value,
        cast(null as double) as freight_by_distance
    where false
"""
