-- One row per source, edition, entity, netting, membership variant, item, period and basis: the
-- totals of an importer's suppliers, which source is preferred, and how good the row is.
-- noqa: disable=LT02,ST07
{% set group_key = [
    'source_id', 'edition', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id',
    'stage_id', 'period_type', 'period_start_date', 'flow_basis',
] %}
with

flows as (

    select * from {{ ref('int_dependency__entity_flows') }}

),

item_codes as (

    select * from {{ ref('int_dependency__item_codes') }}

),

coverage as (

    select * from {{ ref('int_dependency__bloc_coverage') }}

),

precedence as (

    select * from {{ ref('stg_reference__source_precedence') }}

),

thresholds as (

    select
        max(case when threshold_id = 'unallocated_share' then threshold end) as unallocated_share,
        max(case when threshold_id = 'bloc_partial' then threshold end) as bloc_partial
    from {{ ref('int_dependency__thresholds') }}

),

sums as (

    select
        {{ group_key | join(',\n        ') }},
        period_end_date, year, denominator_scope,
        sum(value_usd) filter (where not is_reimport) as imports_usd,
        sum(value_usd) filter (where is_reimport) as reimports_usd,
        sum(value_low_usd) filter (where not is_reimport) as low_usd,
        sum(value_high_usd) filter (where not is_reimport) as high_usd,
        sum(basket_value_usd) filter (where not is_reimport) as basket_value_usd,
        sum(weighed_value_usd) filter (where not is_reimport) as weighed_value_usd,
        sum(net_weight_kg) filter (where not is_reimport) as known_weight_kg,
        sum(net_weight_kg) filter (where not is_reimport and is_concern) as concern_weight_kg,
        count(*) filter (where not is_reimport and net_weight_kg is null) as n_unweighed,
        count(*) filter (where not is_reimport and value_usd > 0) as n_suppliers,
        count(*) filter (where not is_reimport and is_concern is not null) as n_classified,
        sum(value_usd) filter (where not is_reimport and is_unallocated) as unallocated_usd,
        {%- for name, holds, doubtful in [
            ('concern', 'is_concern', 'is_concern is null'),
            ('member', 'is_member', 'is_member is null'),
        ] %}
        sum(value_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_usd,
        sum(value_low_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_low_usd,
        sum(value_high_usd) filter (where not is_reimport and {{ holds }}) as {{ name }}_high_usd,
        sum(value_low_usd) filter (where not is_reimport and {{ doubtful }})
            as {{ name }}_doubt_low_usd,
        sum(value_high_usd) filter (where not is_reimport and {{ doubtful }})
            as {{ name }}_doubt_high_usd,
        {%- endfor %}
        sum(value_usd) filter (where not is_reimport and is_partly_member)
            as partly_member_usd,
        bool_or(is_partly_member) as has_group_supplier,
        bool_or(is_truncated) as is_truncated,
        bool_and(is_complete) as is_complete,
        bool_or(is_concern_retroactive) as is_concern_retroactive,
        min(lineage_id) as lineage_id
    from flows
    group by
        {{ group_key | join(',\n        ') }},
        period_end_date, year, denominator_scope

),

ranked as (

    select
        sums.*,
        precedence.note as precedence_note,
        {% set same_question = group_key[2:10] | join(', sums.') %}
        row_number() over (
            partition by sums.{{ same_question }}
            order by
                precedence.priority asc nulls last, sums.source_id asc, sums.edition desc,
                sums.flow_basis asc
        ) as source_rank,
        count(*) over (partition by sums.{{ same_question }}) as n_sources,
        {{ month_index('sums.period_start_date') }} as month_index
    from sums
    left join precedence
        on sums.source_id = precedence.source_id

),

shares as (

    select
        ranked.*,
        codes.nomenclature, codes.n_products, codes.n_products_mapped, codes.product_codes, coverage.n_members,
        coverage.n_members_reporting,
        case
            when coverage.n_members is null then 1.0
            else coverage.n_members_reporting * 1.0 / coverage.n_members
        end as coverage_share,
        ranked.basket_value_usd / nullif(ranked.imports_usd, 0) as basket_share,
        coalesce(ranked.unallocated_usd, 0) / nullif(ranked.imports_usd, 0) as unmapped_share,
        ranked.weighed_value_usd / nullif(ranked.imports_usd, 0) as weight_coverage_share,
        case when ranked.n_unweighed = 0 then ranked.known_weight_kg end as net_weight_kg,
        case
            when ranked.n_unweighed = 0
                then coalesce(ranked.concern_weight_kg, 0) / nullif(ranked.known_weight_kg, 0)
        end as concern_share_weight,
        {%- for name in ['concern', 'member'] %}
        {%- set low = 'coalesce(ranked.' ~ name ~ '_low_usd, 0)' %}
        {%- set high = 'coalesce(ranked.' ~ name ~ '_high_usd, 0)' %}
        {%- set doubt_low = 'coalesce(ranked.' ~ name ~ '_doubt_low_usd, 0)' %}
        {%- set doubt_high = 'coalesce(ranked.' ~ name ~ '_doubt_high_usd, 0)' %}
        coalesce(ranked.{{ name }}_usd, 0) / nullif(ranked.imports_usd, 0) as {{ name }}_share,
        -- the low end: little of the sure part, much of everything else; the high end reversed
        case
            when {{ low }} = 0 then 0
            else {{ low }} / ({{ low }} + ranked.high_usd - {{ high }})
        end as {{ name }}_share_low,
        case
            when {{ high }} + {{ doubt_high }} = 0 then 0
            else ({{ high }} + {{ doubt_high }})
                / ({{ high }} + {{ doubt_high }} + ranked.low_usd - {{ low }} - {{ doubt_low }})
        end as {{ name }}_share_high{{ "," if not loop.last }}
        {%- endfor %}
    from ranked
    inner join item_codes as codes
        using (
            source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date
        )
    left join coverage
        on
            ranked.entity_id = coverage.bloc_id
            and ranked.membership_variant = coverage.membership_variant
            and ranked.source_id = coverage.source_id
            and ranked.edition = coverage.edition
            and ranked.period_type = coverage.period_type
            and ranked.period_start_date = coverage.period_start_date

),

compared as (

    select
        now.*,
        (now.concern_share - before.concern_share) * 100 as yoy_concern_share_pp,
        before.is_truncated <> now.is_truncated or before.is_complete <> now.is_complete
            as is_yoy_broken
    from shares as now
    left join shares as before
        on
            now.source_id = before.source_id
            and now.flow_basis = before.flow_basis
            and now.entity_id = before.entity_id
            and now.netting = before.netting
            and now.membership_variant = before.membership_variant
            and now.item_kind = before.item_kind
            and now.item_id = before.item_id
            and now.stage_id = before.stage_id
            and now.period_type = before.period_type
            and now.month_index = before.month_index + 12

)

select
    -- one narrow number in place of eleven texts, for those who window over the groups
    cast(row_number() over (
        order by compared.{{ group_key | join(', compared.') }}
    ) as integer) as group_id,
    compared.source_id, compared.edition, compared.entity_id, compared.netting,
    compared.membership_variant, compared.item_kind, compared.item_id, compared.stage_id,
    compared.period_type, compared.period_start_date, compared.flow_basis, compared.nomenclature,
    compared.period_end_date, compared.year, compared.denominator_scope, compared.imports_usd,
    compared.reimports_usd, compared.low_usd, compared.high_usd, compared.net_weight_kg,
    compared.weight_coverage_share, compared.n_suppliers,
    coalesce(compared.partly_member_usd, 0) as partly_member_usd,
    -- no list of concern in the inputs is unknown, not none
    case when compared.n_classified > 0 then compared.concern_share end as concern_share,
    case when compared.n_classified > 0 then compared.concern_share_low end as concern_share_low,
    case when compared.n_classified > 0 then compared.concern_share_high end as concern_share_high,
    case when compared.n_classified > 0 then compared.concern_share_weight end
        as concern_share_weight,
    case when compared.n_classified > 0 then compared.yoy_concern_share_pp end
        as yoy_concern_share_pp,
    compared.member_share_low, compared.member_share_high, compared.basket_share,
    compared.n_products, compared.product_codes, compared.n_members, compared.n_members_reporting,
    compared.source_rank = 1 as is_preferred,
    case
        when compared.n_sources = 1 then 'only source'
        when compared.source_rank = 1
            then coalesce(compared.precedence_note, 'no precedence decided: first by name')
        else 'another source precedes'
    end as preferred_reason,
    compared.coverage_share, compared.unmapped_share, compared.lineage_id,
    {{ flag_list({
        'basket': 'compared.basket_share > 0 and compared.item_kind <> \'product\'',
        'concern_list_retroactive': 'compared.is_concern_retroactive',
        'group_supplier': 'compared.has_group_supplier',
        'incomplete_period': 'not compared.is_complete',
        'listed_partners': 'compared.denominator_scope = \'listed_partners\'',
        'partial_bloc': 'compared.coverage_share < thresholds.bloc_partial',
        'partial_products': 'compared.n_products < compared.n_products_mapped',
        'truncated': 'compared.is_truncated',
        'unallocated': 'compared.unmapped_share > thresholds.unallocated_share',
        'weight_incomplete': 'compared.net_weight_kg is null',
        'yoy_not_comparable': 'compared.is_yoy_broken',
    }) }} as quality_flags
from compared
cross join thresholds
