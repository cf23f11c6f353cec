-- One row per bloc, membership variant, item and period: imports from outside and all imports,
-- with the share from countries of concern. Candidates carry their own supplier HHI, the other
-- variants have theirs in the mart concentration.
-- noqa: disable=LT02,ST07
{{ config(tags=['spark']) }}
{% set own_flags = {
    'band_over_10_points': 'band_width > 0.1 and band_width <= 0.25',
    'band_over_25_points': 'band_width > 0.25',
    'basket': "measures.basket_share > 0 and measures.item_kind <> 'product'",
    'share_not_measured': 'not measures.has_shares',
} %}
{% set todays_flags = [
    'concern_list_retroactive', 'group_supplier', 'incomplete_period', 'listed_partners',
    'partial_bloc', 'partial_products', 'series_break', 'supplier_reports', 'truncated',
    'unallocated', 'weight_incomplete',
] %}
with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where entity_id like 'BLOC:%'

),

candidates as (

    select * from {{ ref('int_dependency__candidate_measures') }}

),

described as (

    select import_groups.*
    from import_groups
    inner join sources
        on
            import_groups.entity_id = sources.bloc_id
            and import_groups.item_kind = sources.item_kind
            and import_groups.item_id = sources.item_id
            and import_groups.stage_id = sources.stage_id
            and import_groups.period_type = sources.period_type
            and import_groups.period_start_date = sources.period_start_date

),

gross as (

    select * from described where netting = 'gross'

),

extra as (

    select * from described where netting = 'extra'

)

select
    gross.entity_id as bloc_id,
    gross.membership_variant, gross.item_kind, gross.item_id, gross.stage_id, gross.period_type,
    gross.period_start_date,
    coalesce(extra.imports_usd, 0) as extra_usd,
    coalesce(extra.imports_usd - extra.partly_member_usd, 0) as extra_low_usd,
    gross.imports_usd as gross_usd,
    extra.concern_share, extra.concern_share_low, extra.concern_share_high, extra.unmapped_share,
    extra.basket_share,
    cast(null as double) as candidate_hhi,
    case
        when extra.entity_id is null then 'no imports from outside the bloc are recorded'
        else extra.missing_reason
    end as missing_reason,
    coalesce(extra.quality_flags, gross.quality_flags) as quality_flags
from gross
left join extra
    using (
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date
    )

union all

select
    measures.bloc_id, measures.membership_variant, measures.item_kind, measures.item_id,
    measures.stage_id, measures.period_type, measures.period_start_date, measures.extra_usd,
    measures.extra_low_usd, measures.gross_usd, measures.concern_share, measures.concern_share_low,
    measures.concern_share_high, measures.unmapped_share, measures.basket_share,
    measures.supplier_hhi as candidate_hhi,
    measures.missing_reason,
    {%- set conditions = dict(own_flags) %}
    {%- for code in todays_flags %}
    {%- do conditions.update({
        code: "concat('|', today.quality_flags, '|') like '%|" ~ code ~ "|%'"
    }) %}
    {%- endfor %}
    {{ flag_list(conditions) }} as quality_flags
from (
    select
        candidates.*,
        concern_share_high - concern_share_low as band_width
    from candidates
) as measures
inner join gross as today
    on
        measures.bloc_id = today.entity_id
        and today.membership_variant = 'as_of_today'
        and measures.item_kind = today.item_kind
        and measures.item_id = today.item_id
        and measures.stage_id = today.stage_id
        and measures.period_type = today.period_type
        and measures.period_start_date = today.period_start_date
