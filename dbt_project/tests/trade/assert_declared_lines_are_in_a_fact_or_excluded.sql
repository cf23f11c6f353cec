{{ config(
    description="Per source and edition, what was declared is what the fact adds up plus what is excluded with a reason."
) }}
-- rows of HMRC's extract have no native value, so USD stands in
with

declared as (

    select
        'us_census' as source_id,
        edition,
        value_usd as amount
    from {{ ref('stg_us_census__flows') }}
    union all
    select
        'eurostat_comext' as source_id,
        edition,
        value_eur as amount
    from {{ ref('stg_eurostat_comext__flows') }}
    union all
    select
        'uk_hmrc' as source_id,
        edition,
        coalesce(value_usd, value_gbp) as amount
    from {{ ref('stg_uk_hmrc__flows') }}

),

kept as (

    select
        source_id, edition,
        coalesce(value_native, value_usd) as amount
    from {{ ref('fct_trade_reported') }}
    union all
    select
        source_id, edition,
        value_native as amount
    from {{ ref('int_trade__exclusions') }}

),

declared_sums as (

    select
        source_id, edition,
        sum(amount) as amount
    from declared group by source_id, edition

),

kept_sums as (

    select
        source_id, edition,
        sum(amount) as amount
    from kept group by source_id, edition

)

select
    declared_sums.source_id, declared_sums.edition, declared_sums.amount,
    kept_sums.amount as kept_amount
from declared_sums
left join kept_sums
    on
        declared_sums.source_id = kept_sums.source_id
        and declared_sums.edition = kept_sums.edition
where
    kept_sums.amount is null
    or abs(declared_sums.amount - kept_sums.amount) > 1e-9 * declared_sums.amount + 0.01
