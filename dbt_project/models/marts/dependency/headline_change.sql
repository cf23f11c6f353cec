-- noqa: disable=LT02
{% set measures = {
    'imports_usd': 'imports',
    'concern_share': 'concern',
    'supplier_hhi': 'hhi',
    'top_supplier_share': 'top',
} %}
with

cells as (

    select * from {{ ref('int_change__cells') }}

),

parts as (

    select * from {{ ref('int_change__import_parts') }}

),

joined as (

    select
        cells.*,
        parts.* exclude (
            entity_id, netting, membership_variant, item_kind, item_id, stage_id, period_type,
            period_start_date
        ),
        parts.entity_id is not null as has_parts
    from cells
    left join parts
        on
            cells.entity_id = parts.entity_id
            and cells.netting = parts.netting
            and cells.membership_variant = parts.membership_variant
            and cells.item_kind = parts.item_kind
            and cells.item_id = parts.item_id
            and cells.stage_id = parts.stage_id
            and cells.period_type = parts.period_type
            and cells.period_start_date = parts.period_start_date

),

exposure_headlines as (

    select
        'control_exposure' as mart,
        'exposure_share_high' as headline_id,
        'A' as period_type,
        as_of_date as period_start_date,
        previous_as_of_date as previous_period_start_date,
        exposure_share_high as headline_to,
        previous_exposure_share_high as headline_from,
        false as has_parts,
        * exclude (
            as_of_date, previous_as_of_date, exposure_share_high, previous_exposure_share_high
        )
    from {{ ref('int_change__exposure_cells') }}

),

headlines as (

    {% for column, prefix in measures.items() -%}
    select
        joined.*,
        '{{ column }}' as headline_id,
        previous_{{ column }} as headline_from,
        {{ column }} as headline_to,
        {% if prefix == 'imports' -%}
        imports_volume_usd as volume,
        imports_price_usd as price,
        imports_weight_usd - imports_volume_usd as switch,
        imports_unseparated_usd as unseparated
        {%- else -%}
        0.0 as volume,
        {{ prefix }}_price as price,
        {{ prefix }}_switch as switch,
        {{ prefix }}_unseparated as unseparated
        {%- endif %}
    from joined
    where {{ column }} is not null and previous_{{ column }} is not null
    union all by name
    {% endfor %}
    select * from exposure_headlines

),

explained as (

    select
        *,
        headline_to - headline_from as headline_change,
        case
            when coverage_reason is not null then 'coverage'
            when membership_reason is not null then 'membership'
            when policy_reason is not null then 'policy'
            when has_parts and is_weighed then 'separated'
            when has_parts and (price <> 0 or volume <> 0 or switch <> 0) then 'partly_separated'
            else 'unseparated'
        end as explanation
    from headlines

)

select
    cast(mart as varchar) as mart,
    cast(headline_id as varchar) as headline_id,
    cast(entity_id as varchar) as entity_id,
    cast(netting as varchar) as netting,
    cast(membership_variant as varchar) as membership_variant,
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(period_type as varchar) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(previous_period_start_date as date) as previous_period_start_date,
    cast(year as integer) as year,
    cast(headline_from as double) as headline_from,
    cast(headline_to as double) as headline_to,
    cast(headline_change as double) as headline_change,
    {% for part in ['price', 'volume', 'switch'] -%}
    cast(
        case when explanation like '%separated' and has_parts then {{ part }} else 0 end as double
    ) as {{ part }}_part,
    {% endfor -%}
    {% for part in ['membership', 'coverage', 'policy'] -%}
    cast(case when explanation = '{{ part }}' then headline_change else 0 end as double)
        as {{ part }}_part,
    {% endfor -%}
    cast(
        case
            when explanation not like '%separated' then 0
            when has_parts then unseparated
            else headline_change
        end as double
    ) as unseparated_part,
    cast(explanation as varchar) as explanation,
    cast(coalesce(coverage_reason, membership_reason, policy_reason) as varchar)
        as explanation_detail,
    cast(previous_source_ids as varchar) as previous_source_ids,
    cast(source_ids as varchar) as source_ids,
    cast(coverage_share as double) as coverage_share,
    cast(filing_coverage_share as double) as filing_coverage_share,
    cast(quality_grade as varchar) as quality_grade,
    cast(quality_flags as varchar) as quality_flags,
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast({{ lineage_union(['lineage_id', 'previous_lineage_id']) }} as varchar) as lineage_id
from explained
order by
    mart nulls last, headline_id nulls last, entity_id nulls last, netting nulls last,
    membership_variant nulls last, item_kind nulls last, item_id nulls last, stage_id nulls last,
    period_type nulls last, period_start_date nulls last
