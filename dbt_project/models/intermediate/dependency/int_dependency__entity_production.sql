-- One row per entity, membership variant, material, stage and year: what it produces itself, in
-- the latest edition of each commodity and year, and its share of the world. A bloc's figure adds
-- the members that have a number; a country without one has no row.
-- noqa: disable=ST07
{{ config(tags=['spark']) }}

with

production as (

    select * from {{ ref('production_share') }}
    where denominator = 'sum_rows' and row_kind = 'country' and production_share is not null

),

groups as (

    select * from {{ ref('int_dependency__production_groups') }}
    where is_latest_edition

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

latest as (

    select
        production.*,
        case production.quantity_unit
            when 't' then production.quantity
            when 'kg' then production.quantity / 1000
        end as quantity_t
    from production
    inner join groups
        using (source_id, edition, material_id, stage_id, year)

)

select
    country_id as entity_id,
    'none' as membership_variant,
    material_id, stage_id, year, source_id, edition,
    quantity_t as production_t,
    qty_basis, production_share,
    cast(1 as integer) as n_producers,
    lineage_id
from latest

union all

select
    members.bloc_id as entity_id,
    members.membership_variant, latest.material_id, latest.stage_id, latest.year, latest.source_id,
    latest.edition,
    {{ order_independent_sum('latest.quantity_t / 1e6') }} * 1e6 as production_t,
    min(latest.qty_basis) as qty_basis,
    {{ order_independent_sum('latest.production_share') }} as production_share,
    cast(count(*) as integer) as n_producers,
    min(latest.lineage_id) as lineage_id
from latest
inner join members
    on
        latest.country_id = members.country_id
        and members.period_end_date
        = cast(concat(cast(latest.year as string), '-12-31') as date)
group by
    members.bloc_id, members.membership_variant, latest.material_id, latest.stage_id, latest.year,
    latest.source_id, latest.edition
