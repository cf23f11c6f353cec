-- One row per scope, entity, item, period, source, basis and denominator: how many suppliers were
-- seen in the window that ends with the period, the declared set of Theil's index (M2).
{% set series = [
    'scope', 'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
    'period_type', 'source_id', 'basis', 'denominator',
] %}
with

market_shares as (

    select * from {{ ref('int_dependency__market_shares') }}

),

thresholds as (

    select threshold as window_months
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'candidate_window_months'

),

seen as (

    select distinct
        {{ series | join(',\n        ') }},
        supplier_id,
        cast({{ month_index('period_start_date') }} as integer) as month_index
    from market_shares

),

-- from one sighting to the next a supplier counts once
spans as (

    select
        seen.*,
        lead(seen.month_index) over (
            partition by {{ series | join(', ') }}, supplier_id
            order by seen.month_index
        ) as next_month_index
    from seen

),

periods as (

    select distinct
        {{ series | join(',\n        ') }},
        month_index
    from seen

)

select
    {%- for column in series %}
    periods.{{ column }},
    {%- endfor %}
    periods.month_index,
    cast(count(*) as integer) as n_candidates
from periods
cross join thresholds
inner join spans
    on
        {%- for column in series %}
        periods.{{ column }} = spans.{{ column }}
        and
        {%- endfor %}
        spans.month_index <= periods.month_index
        and spans.month_index > periods.month_index - thresholds.window_months
        and (spans.next_month_index is null or spans.next_month_index > periods.month_index)
group by
    {%- for column in series %}
    periods.{{ column }},
    {%- endfor %}
    periods.month_index
