-- One row per target, material and stage: a public target with the newest figure that measures it, or
-- the reason why there is none.
{% set today = 'parameters.as_of_date' %}
with

targets as (

    select * from {{ ref('stg_registers__targets') }}

),

strategic as (

    select material_id
    from {{ ref('dim_material') }}
    where eu_strategic_2023 = 'listed'

),

listed as (

    {{ split_list('targets', ['target_id'], 'material_ids', 'material_id') | indent(4) }}

),

-- one row per target and material; a target on a scope has one row
scoped as (

    select targets.target_id, strategic.material_id
    from targets
    cross join strategic
    where targets.material_scope = 'eu_strategic_2023'

    union all

    select target_id, material_id from listed

    union all

    select target_id, 'ALL' as material_id
    from targets
    where material_scope = 'scope'

),

stages as (

    select material_id, extraction_stage_id as stage_id, 'extraction' as stage_scope
    from {{ ref('eu_crm_materials') }}
    where decision = 'map'
    union
    select material_id, processing_stage_id as stage_id, 'processing' as stage_scope
    from {{ ref('eu_crm_materials') }}
    where decision = 'map'

),

members as (

    select distinct country_id
    from {{ ref('stg_reference__eu_members') }} as memberships
    cross join {{ ref('int_run__parameters') }} as parameters
    where {{ valid_on('memberships', today) }}

),

sourcing as (

    select
        shares.material_id, shares.stage_id, shares.year,
        coalesce({{ order_independent_sum(
            'shares.share', filter='members.country_id is not null'
        ) }}, 0) as domestic_share,
        coalesce(max(shares.share) filter (where members.country_id is null and shares.is_named), 0)
            as single_country_share,
        -- small and missing shares may be anybody's
        greatest(1 - {{ order_independent_sum('shares.share', filter='shares.is_named') }}, 0)
            as unknown_share,
        max(shares.known_from_date) as known_from_date
    from {{ ref('int_methods__supply_shares') }} as shares
    left join members
        on shares.supplier_id = members.country_id
    where shares.case_set = 'eu_2023' and shares.supply = 'eu_sourcing'
    group by shares.material_id, shares.stage_id, shares.year

),

rates as (

    select
        labels.material_id, rates.assessment_year, rates.eol_rir_share, rates.second_copy_share,
        rates.known_from_date
    from {{ ref('stg_eu_crm__recycling_rates') }} as rates
    inner join {{ ref('eu_crm_materials') }} as labels
        on rates.material_label = labels.label and labels.decision = 'map'
    qualify row_number() over (
        partition by labels.material_id order by rates.assessment_year desc
    ) = 1

),

dependencies as (

    select *
    from {{ ref('int_dependency__import_groups') }}
    where item_kind = 'material' and period_type = 'A' and netting = 'gross' and is_preferred
    qualify row_number() over (
        partition by entity_id, item_id, stage_id
        order by (concern_share is null), year desc
    ) = 1

),

covers as (

    select
        entity_id,
        min(reported_days) as days_low,
        max(reported_days) as days_high,
        max(as_of_date) as as_of_date,
        max(known_from_date) as known_from_date,
        material_id
    from {{ ref('int_methods__reported_covers') }}
    where reported_days is not null
    group by entity_id, material_id

),

measured as (

    select
        targets.target_id, scoped.material_id, sourcing.stage_id,
        sourcing.year as actual_year,
        case targets.measure
            when 'domestic_share' then sourcing.domestic_share else sourcing.single_country_share
        end as actual_low,
        case targets.measure
            when 'domestic_share' then sourcing.domestic_share else sourcing.single_country_share
        end + sourcing.unknown_share as actual_high,
        'eu_crm' as actual_source_id,
        sourcing.known_from_date
    from targets
    inner join scoped
        on targets.target_id = scoped.target_id
    inner join sourcing
        on scoped.material_id = sourcing.material_id
    inner join stages
        on
            sourcing.material_id = stages.material_id
            and sourcing.stage_id = stages.stage_id
            and (targets.stage_scope = 'every_stage' or targets.stage_scope = stages.stage_scope)
    where targets.measure in ('domestic_share', 'single_country_share')

    union all

    select
        targets.target_id, scoped.material_id,
        'all' as stage_id,
        rates.assessment_year as actual_year,
        least(rates.eol_rir_share, coalesce(rates.second_copy_share, 1)) as actual_low,
        greatest(rates.eol_rir_share, coalesce(rates.second_copy_share, 0)) as actual_high,
        'eu_crm' as actual_source_id,
        rates.known_from_date
    from targets
    inner join scoped
        on targets.target_id = scoped.target_id
    inner join rates
        on scoped.material_id = rates.material_id
    -- the rates are the EU's
    where targets.measure = 'recycling_rate' and targets.entity_id = 'EUU'

    union all

    select
        targets.target_id, scoped.material_id, dependencies.stage_id,
        dependencies.year as actual_year,
        dependencies.concern_share_low as actual_low,
        dependencies.concern_share_high as actual_high,
        dependencies.source_id as actual_source_id,
        dependencies.known_from_date
    from targets
    inner join scoped
        on targets.target_id = scoped.target_id
    inner join dependencies
        on
            targets.entity_id = dependencies.entity_id
            and scoped.material_id = dependencies.item_id
    where
        targets.measure = 'concern_share'
        and targets.target_value is not null
        and dependencies.concern_share_low is not null

    union all

    select
        targets.target_id,
        'ALL' as material_id,
        'all' as stage_id,
        cast(extract(year from covers.as_of_date) as integer) as actual_year,
        covers.days_low as actual_low,
        covers.days_high as actual_high,
        'stockpiles' as actual_source_id,
        covers.known_from_date
    from targets
    inner join covers
        on
            targets.entity_id = covers.entity_id
            and (
                (targets.target_id = 'KOR_STOCK_RARE_METALS' and covers.material_id = 'ALL')
                or (
                    targets.target_id = 'KOR_STOCK_NONFERROUS'
                    and covers.material_id like 'copper|%'
                )
            )
    where targets.measure = 'stock_days'

),

tracked as (

    select
        targets.*,
        scoped.material_id,
        coalesce(measured.stage_id, targets.stage_scope) as stage_id,
        measured.actual_year, measured.actual_low, measured.actual_high,
        measured.actual_source_id,
        greatest(targets.known_from_date, measured.known_from_date) as known_date,
        case
            when targets.target_value is null then 'target_without_a_number'
            when measured.target_id is null and targets.entity_id = 'JPN' then 'not_published'
            when measured.target_id is null then 'no_actual_figure'
        end as missing_reason
    from targets
    inner join scoped
        on targets.target_id = scoped.target_id
    left join measured
        on
            scoped.target_id = measured.target_id
            and scoped.material_id = measured.material_id

)

select
    *,
    {{ register_lineage('targets') }} as lineage_id
from tracked
