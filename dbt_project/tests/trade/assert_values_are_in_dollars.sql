{{ config(
    description="No value exceeds what a flow or the imports of a year can be; more means a unit "
        ~ "was mistaken."
) }}
with

largest as (

    select
        'fct_trade_reported' as mart,
        max(value_usd) as largest_usd,
        max_by(lineage_id, value_usd) as lineage_id,
        1e12 as limit_usd
    from {{ ref('fct_trade_reported') }}
    union all
    select
        'fct_trade_reconciled' as mart,
        max(value_usd) as largest_usd,
        max_by(lineage_id, value_usd) as lineage_id,
        1e12 as limit_usd
    from {{ ref('fct_trade_reconciled') }}
    union all
    select
        'fct_clause_flow' as mart,
        max(value_usd) as largest_usd,
        max_by(lineage_id, value_usd) as lineage_id,
        1e13 as limit_usd
    from {{ ref('fct_clause_flow') }}
    union all
    select
        'partner_dependency' as mart,
        max(imports_usd) as largest_usd,
        max_by(lineage_id, imports_usd) as lineage_id,
        1e13 as limit_usd
    from {{ ref('partner_dependency') }}
    union all
    select
        'bloc_dependency' as mart,
        max(gross_imports_usd) as largest_usd,
        max_by(lineage_id, gross_imports_usd) as lineage_id,
        1e13 as limit_usd
    from {{ ref('bloc_dependency') }}

)

select * from largest
where largest_usd > limit_usd
