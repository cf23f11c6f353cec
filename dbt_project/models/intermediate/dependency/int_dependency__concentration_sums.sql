-- One row per scope, entity, item, period, source, edition, basis and denominator: what the shares
-- of one supply add up to, squared, weighed by governance and by bloc, with the unnamed rest cut
-- into parts (M1, M3).
-- noqa: disable=LT02
{{ config(tags=['spark']) }}
{% set key = [
    'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
    'period_type', 'period_start_date', 'source_id', 'edition', 'basis', 'denominator',
] %}
with

market_shares as (

    select * from {{ ref('int_dependency__market_shares') }}

),

governance as (

    select * from {{ ref('int_dependency__supplier_governance') }}

),

thresholds as (

    select threshold as default_instability
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'wgi_default'

),

weighed as (

    select
        shares.*,
        coalesce(shares.is_member, false) as is_in_bloc,
        coalesce(governance.instability_pv, thresholds.default_instability) as g_pv,
        coalesce(governance.instability_avg6, thresholds.default_instability) as g_avg6,
        governance.instability_pv is null as is_default_g
    from market_shares as shares
    cross join thresholds
    left join governance
        on
            shares.supplier_id = governance.country_id
            and shares.year = governance.year

),

sums as (

    select
        {{ key | join(',\n        ') }},
        year,
        {%- set named = 'not is_residual' %}
        {%- for name, part in {
            'share_total': 'share',
            'named_squares': 'case when ' ~ named ~ ' then share * share else 0 end',
            'residual_rows': 'case when is_residual then share else 0 end',
            'residual_squares': 'case when is_residual then share * share else 0 end',
            'bloc_share': 'case when is_in_bloc then share else 0 end',
            'bloc_squares': 'case when is_in_bloc then share * share else 0 end',
            'named_squares_pv': 'case when ' ~ named ~ ' then share * share * g_pv else 0 end',
            'named_squares_avg6': 'case when ' ~ named ~ ' then share * share * g_avg6 else 0 end',
            'gov_default_share': 'case when is_default_g then share else 0 end',
            'share_logs': 'share * ln(share)',
            'top3_share': 'case when supplier_rank <= 3 then share else 0 end',
            'concern_share': 'case when is_concern then share else 0 end',
        }.items() %}
        coalesce({{ order_independent_sum(part) }}, 0) as {{ name }},
        {%- endfor %}
        min(case when {{ named }} then share end) as smallest_named,
        max(case when supplier_rank = 1 then supplier_id end) as top1_id,
        max(case when supplier_rank = 1 then share end) as top1_share,
        count(*) as n_suppliers,
        count(*) filter (where is_residual) as n_residual,
        count(*) filter (where is_in_bloc) as n_bloc,
        count(is_concern) as n_classified,
        bool_or(is_truncated) as is_truncated,
        min(lineage_id) as lineage_id
    from weighed
    group by
        {{ key | join(',\n        ') }},
        year

),

-- what the printed total holds beyond the printed rows is a residual too
residuals as (

    select
        *,
        residual_rows + case
            when denominator = 'printed_total' and share_total < 1 - 1e-9
                then 1 - share_total
            else 0
        end as residual_share,
        greatest(share_total, case when denominator = 'printed_total' then 1 else 0 end)
            as whole
    from sums

),

-- unnamed producers are each at most as large as the smallest named one; unallocated trade may be
-- one country, so that its buckets count as they stand
pieces as (

    select
        *,
        cast(case
            when scope <> 'world_production' then n_residual
            when residual_share = 0 then 0
            when smallest_named is null then 1
            else ceil(residual_share / smallest_named)
        end as double) as n_pieces,
        case
            when scope <> 'world_production' then residual_squares
            when smallest_named is null then residual_share * residual_share
            else
                floor(residual_share / smallest_named) * smallest_named * smallest_named
                + (residual_share - floor(residual_share / smallest_named) * smallest_named)
                * (residual_share - floor(residual_share / smallest_named) * smallest_named)
        end as piece_squares
    from residuals

)

select
    pieces.*,
    thresholds.default_instability,
    named_squares + piece_squares as hhi,
    n_suppliers - n_residual + n_pieces as n_parts,
    n_suppliers - n_residual - n_bloc + n_pieces as n_outside,
    whole - bloc_share as outside_share,
    named_squares + piece_squares - bloc_squares as outside_squares,
    {{ series_key('pieces') }} as series_key,
    cast({{ month_index('period_start_date') }} as integer) as month_index
from pieces
cross join thresholds
