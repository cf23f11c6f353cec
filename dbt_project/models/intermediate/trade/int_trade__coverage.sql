-- One row per importer, year, source, nomenclature and product: whether the source has the
-- importer's imports. Without it a missing row reads as zero trade. A source covers an importer's
-- product where it has rows of it in any year; BACI's bundle also covers every party of the
-- partnership for all of its products, so that there no row means no flow.
with

flows as (

    select * from {{ ref('int_trade__import_flows') }}
    where importer_id <> 'ROW' and is_preferred_series

),

bundle_sums as (

    -- products of which a source sums up some importers
    select distinct
        source_id, nomenclature, product_code
    from {{ ref('int_trade__import_flows') }}
    where importer_id = 'ROW' and is_preferred_series

),

parties as (

    select country_id from {{ ref('stg_registers__partner_memberships') }}
    union
    select country_id from {{ ref('stg_reference__countries') }} where country_id in ('CHN', 'TWN', 'CAN')

),

offered as (

    select
        source_id, nomenclature, product_code, year,
        max(case when is_truncated then 1 else 0 end) = 1 as is_truncated,
        min(case when is_complete then 1 else 0 end) = 1 as is_complete,
        max(denominator_scope) as denominator_scope,
        -- a year of monthly declarations is complete with its twelve months
        min(period_type) as period_type,
        count(distinct period_start_date) as n_periods
    from flows
    group by source_id, nomenclature, product_code, year

),

months as (

    select
        source_id, year,
        count(distinct period_start_date) as n_months
    from flows
    where period_type = 'M'
    group by source_id, year

),

importers as (

    select distinct
        source_id, importer_id
    from flows

),

own_rows as (

    select distinct
        source_id, nomenclature, product_code, importer_id
    from flows

)

select
    importers.importer_id, offered.year, offered.source_id, offered.nomenclature,
    offered.product_code,
    case
        when
            bundle_sums.product_code is not null
            and own_rows.importer_id is null
            and parties.country_id is null
            then 'not_covered'
        when not offered.is_complete then 'incomplete'
        when offered.period_type = 'M' and coalesce(months.n_months, 0) < 12 then 'incomplete'
        when offered.is_truncated then 'truncated'
        else 'reported'
    end as coverage_status,
    offered.denominator_scope,
    case when offered.period_type = 'M' then coalesce(months.n_months, 0) else 1 end as n_periods
from offered
inner join importers
    on offered.source_id = importers.source_id
left join own_rows
    on
        importers.source_id = own_rows.source_id
        and importers.importer_id = own_rows.importer_id
        and offered.nomenclature = own_rows.nomenclature
        and offered.product_code = own_rows.product_code
left join bundle_sums
    on
        offered.source_id = bundle_sums.source_id
        and offered.nomenclature = bundle_sums.nomenclature
        and offered.product_code = bundle_sums.product_code
left join parties
    on importers.importer_id = parties.country_id
left join months
    on
        offered.source_id = months.source_id
        and offered.year = months.year
