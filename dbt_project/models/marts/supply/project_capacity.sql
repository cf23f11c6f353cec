-- noqa: disable=LT02
with

additions as (

    select * from {{ ref('int_resilience__project_additions') }}

),

members as (

    select * from {{ ref('int_country__members') }}

),

-- of a country outside, the part of its exports that partners buy today
destinations as (

    select
        item_kind, item_id, stage_id, country_id,
        (exports_quantity - third_exports_quantity) / nullif(exports_quantity, 0) as partner_share,
        lineage_id
    from {{ ref('supply_capacity') }}

),

joined as (

    select
        additions.*,
        members.country_id is not null as is_partner,
        case when members.country_id is not null then 1.0 else destinations.partner_share end
            as partner_share,
        case when members.country_id is null then destinations.lineage_id end as lineage_id
    from additions
    left join members
        on additions.country_id = members.country_id
    left join destinations
        on
            additions.item_kind = destinations.item_kind
            and additions.item_id = destinations.item_id
            and additions.stage_id = destinations.stage_id
            and additions.country_id = destinations.country_id

),

reasoned as (

    select
        * exclude (missing_reason),
        coalesce(
            missing_reason,
            case when partner_share is null then 'who would buy is not known: it exports none yet' end
        ) as reason
    from joined

),

summed as (

    select
        item_kind, item_id, stage_id, country_id, year, base_year, quantity_unit, qty_basis,
        is_partner, partner_share,
        {{ exact_sum('added_quantity', filter='reason is null') }} as projects_quantity,
        {{ exact_sum('added_quantity * partner_share', filter='reason is null') }} as added_quantity,
        {{ exact_sum('added_low_quantity * partner_share', filter='reason is null') }}
            as added_low_quantity,
        -- at most all of it comes to the partners
        {{ exact_sum('added_high_quantity', filter='reason is null') }} as added_high_quantity,
        count(*) as n_projects,
        count(reason) as n_projects_without_number,
        {{ listagg_distinct('project_id', '|') }} as project_ids,
        {{ listagg_distinct("project_id || ': ' || reason", '; ') }} as missing_reason,
        max(lineage_id) as lineage_id
    from reasoned
    group by
        item_kind, item_id, stage_id, country_id, year, base_year, quantity_unit, qty_basis,
        is_partner, partner_share

)

select
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(year as integer) as year,
    cast(base_year as integer) as base_year,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(qty_basis as varchar) as qty_basis,
    cast(is_partner as boolean) as is_partner,
    cast(partner_share as double) as partner_share,
    cast(projects_quantity as double) as projects_quantity,
    cast(added_quantity as double) as added_quantity,
    cast(added_low_quantity as double) as added_low_quantity,
    cast(added_high_quantity as double) as added_high_quantity,
    cast(n_projects as integer) as n_projects,
    cast(n_projects_without_number as integer) as n_projects_without_number,
    cast(project_ids as varchar) as project_ids,
    cast(missing_reason as varchar) as missing_reason,
    cast('infrastructure_projects' as varchar) as source_id,
    cast(
        coalesce(lineage_id || '+', '') || {{ register_lineage('infrastructure_projects') }}
        as varchar
    ) as lineage_id
from summed
order by
    item_kind nulls last, item_id nulls last, stage_id nulls last, country_id nulls last,
    year nulls last
