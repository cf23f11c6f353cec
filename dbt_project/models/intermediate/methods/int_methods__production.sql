-- One row per production source, material, stage, year and country: what the methods know of the
-- world's production. The first source is that of the headline; each other one that has landed is a
-- variant of every method and never a part of the headline. Of another source the newest edition of
-- a material and year counts, where its rows are in one unit and on one basis.
-- noqa: disable=LT02
{% set case = ['source_id', 'material_id', 'stage_id', 'year'] %}
with

headline as (

    select * from {{ ref('production_share') }}
    where denominator = 'sum_rows' and is_latest_edition

),

headline_groups as (

    select
        material_id, stage_id, year, n_hidden, hidden_share_max, quality_flags
    from {{ ref('int_dependency__production_groups') }}
    where is_latest_edition

),

rounding as (

    select threshold
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'printed_total_rounding'

),

others as (

    select * from {{ ref('int_production__bgs_quantities') }}
    union all by name
    select * from {{ ref('int_production__user_quantities') }}

),

newest as (

    select *
    from others
    where is_headline_series and known_to_date is null
    qualify edition = max(edition) over (partition by {{ case | join(', ') }})

),

other_groups as (

    select
        {{ case | join(', ') }},
        {{ exact_sum('quantity', filter="row_kind <> 'printed_world_total'") }} as sum_rows,
        max(quantity) filter (where row_kind = 'printed_world_total') as printed_total,
        count(*) filter (
            where row_kind = 'country' and value_status in ('withheld', 'not_available', 'unknown')
        ) as n_hidden
    from newest
    group by {{ case | join(', ') }}
    having count(distinct qty_basis) = 1 and count(distinct quantity_unit) <= 1

)

select
    headline.source_id as production_source_id,
    headline.edition, headline.material_id, headline.stage_id, headline.year, headline.country_id,
    headline.row_kind, headline.production_share, headline.quantity, headline.quantity_unit,
    headline.qty_basis, headline_groups.n_hidden, headline_groups.hidden_share_max,
    headline.known_from_date, headline.lineage_id
from headline
inner join headline_groups
    using (material_id, stage_id, year)

union all

select
    newest.source_id as production_source_id,
    newest.edition, newest.material_id, newest.stage_id, newest.year, newest.country_id,
    newest.row_kind,
    newest.quantity / nullif(other_groups.sum_rows, 0) as production_share,
    newest.quantity, newest.quantity_unit, newest.qty_basis, other_groups.n_hidden,
    -- over the sum of the rows, as of the headline
    case
        when other_groups.printed_total > 0
            then
                greatest(other_groups.printed_total - other_groups.sum_rows, 0)
                / nullif(other_groups.sum_rows, 0) + rounding.threshold
    end as hidden_share_max,
    newest.known_from_date,
    {{ lineage_part('newest.source_id', 'newest.edition') }} as lineage_id
from newest
inner join other_groups
    using ({{ case | join(', ') }})
cross join rounding
where newest.row_kind <> 'printed_world_total'
