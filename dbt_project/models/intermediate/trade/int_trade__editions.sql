-- One row per source of declarations, edition and period: from when to when the edition was the last
-- word on the period, and whether it still is. BACI's are in int_trade__baci_editions.
with

periods as (

    select distinct
        'eurostat_comext' as source_id,
        edition,
        period_type, period_start_date, known_from_date
    from {{ ref('int_trade__comext_flows') }}
    union all
    select distinct
        'us_census' as source_id,
        edition,
        period_type, period_start_date, known_from_date
    from {{ ref('int_trade__census_flows') }}
    union all
    select distinct
        'uk_hmrc' as source_id,
        edition,
        period_type, period_start_date, known_from_date
    from {{ ref('int_trade__hmrc_flows') }}

),

chained as (

    select
        *,
        lead(known_from_date) over (
            partition by source_id, period_type, period_start_date
            order by known_from_date, edition
        ) as known_to_date
    from periods

)

select
    source_id, edition, period_type, period_start_date, known_from_date,
    known_to_date,
    known_to_date is null as is_latest
from chained
