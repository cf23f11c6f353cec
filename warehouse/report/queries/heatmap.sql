-- One row per signatory (and the bloc as one importer), item and stage: the share of its imports
-- from countries of concern in the latest year that is there for nearly all that are ever there: a
-- year in which a few have filed is not yet the partnership's.
with

dependency as (

    select * from marts.partner_dependency
    where period_type = 'A' and item_kind in ('material', 'good')

),

signatories as (

    select distinct country_id as entity_id
    from marts.bridge_bloc_membership
    cross join marts.publish_info as release
    where
        bloc_id = 'BLOC:PAX_SILICA'
        and membership_type = 'signatory'
        and party_kind = 'country'
        and known_to_date is null
        and valid_from <= release.as_of_date
        and (valid_to is null or valid_to > release.as_of_date)

    union all

    select 'BLOC:PAX_SILICA' as entity_id

),

-- for the bloc the row without trade among its members; a country has no such trade
one_row_each as (

    select
        *,
        row_number() over (
            partition by entity_id, item_kind, item_id, stage_id, period_start_date
            order by
                case netting when 'extra' then 0 when 'none' then 1 else 2 end,
                case membership_variant when 'as_of_today' then 0 else 1 end,
                membership_variant
        ) as priority
    from dependency
    where
        membership_variant not like 'candidate:%'
        and entity_id in (select entity_id from signatories)

),

measured_periods as (

    select
        period_start_date,
        count(*) as n_pairs
    from one_row_each
    where concern_share is not null and quality_flags not like '%truncated%' and priority = 1
    group by period_start_date

),

latest_period as (

    select max(period_start_date) as period_start_date
    from measured_periods
    where n_pairs >= 0.8 * (select max(n_pairs) from measured_periods)

),

latest_rows as (

    select one_row_each.*
    from one_row_each
    inner join latest_period on one_row_each.period_start_date = latest_period.period_start_date
    where one_row_each.priority = 1

),

items as (

    select
        'material' as item_kind,
        material_id as item_id,
        material_name as item_name
    from marts.dim_material

    union all

    select
        'good' as item_kind,
        good_id as item_id,
        good_name as item_name
    from marts.dim_good

)

select
    latest_rows.entity_id,
    latest_rows.item_kind,
    latest_rows.item_id,
    coalesce(items.item_name, latest_rows.item_id) as item_name,
    latest_rows.product_codes,
    latest_rows.stage_id,
    coalesce(stages.stage_name, latest_rows.stage_id) as stage_name,
    cast(extract(year from latest_rows.period_start_date) as integer) as year,
    latest_rows.imports_usd,
    latest_rows.concern_share,
    latest_rows.concern_share_low,
    latest_rows.concern_share_high,
    latest_rows.supplier_hhi,
    latest_rows.top_supplier_id,
    latest_rows.top_supplier_share,
    latest_rows.basket_share,
    latest_rows.quality_grade,
    latest_rows.quality_flags,
    latest_rows.coverage_share,
    latest_rows.missing_reason,
    latest_rows.source_ids,
    latest_rows.source_id,
    latest_rows.edition,
    latest_rows.flow_basis,
    latest_rows.denominator_scope
from latest_rows
left join items
    on
        latest_rows.item_kind = items.item_kind
        and latest_rows.item_id = items.item_id
left join marts.dim_stage as stages on latest_rows.stage_id = stages.stage_id
order by latest_rows.item_kind desc, item_name asc, stages.stage_order asc nulls last, latest_rows.entity_id asc
