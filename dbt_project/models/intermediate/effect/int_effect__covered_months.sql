-- One row per source, side, reporter, HS6 code and month that the source covers: from the first
-- month in which the reporter declared the code at all. A flow without a row in such a month did
-- not take place; in any other month nothing is known of it. A code that the revision of 2022
-- changed begins anew with it.
with

declared as (

    select distinct
        source_id, reporter_id, product_code,
        case flow when 'export' then 'export_side' else 'import_side' end as flow_side,
        year * 12 + month(period_start_date) - 1 as month_number
    from {{ ref('fct_trade_reported') }}
    where period_type = 'M' and known_to_date is null

),

unchanged as (

    select distinct from_code as product_code
    from {{ ref('stg_un_hs__correlations') }}
    where
        from_nomenclature = 'HS2022'
        and to_nomenclature = 'HS2017'
        and from_code = to_code
        and relationship = '1:1'

),

months as (

    select distinct
        source_id, flow_side, reporter_id, month_number
    from declared

),

since as (

    select
        declared.source_id, declared.flow_side, declared.reporter_id, declared.product_code,
        greatest(
            min(declared.month_number),
            case when max(unchanged.product_code) is null then 2022 * 12 else 0 end
        ) as first_month
    from declared
    left join unchanged on declared.product_code = unchanged.product_code
    group by
        declared.source_id, declared.flow_side, declared.reporter_id, declared.product_code

)

select
    since.source_id, since.flow_side, since.reporter_id, since.product_code, months.month_number
from since
inner join months
    on
        since.source_id = months.source_id
        and since.flow_side = months.flow_side
        and since.reporter_id = months.reporter_id
        and since.first_month <= months.month_number
