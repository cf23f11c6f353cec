-- One row per entity, item, year and supplier: what the supplier exports and to whom, what the
-- entity has of it, and the evenest shares that the entity could reach if all that the supplier
-- sells to countries of concern came to it instead. Members of a bloc do not supply it.
-- noqa: disable=LT02
{% set item = ['item_kind', 'item_id', 'stage_id', 'year'] %}
with

flows as (

    select * from {{ ref('int_origin__item_flows') }}

),

thresholds as (

    select
        max(case when threshold_id = 'alternative_years' then threshold end) as n_years,
        max(case when threshold_id = 'alternative_floor' then threshold end) as floor_share
    from {{ ref('int_dependency__thresholds') }}

),

members as (

    select
        country_id,
        cast(date_part('year', period_end_date) as integer) as year
    from {{ ref('int_dependency__bloc_members') }}
    where bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today'
    group by all

),

concern as (

    select
        supplier_id,
        cast(date_part('year', period_end_date) as integer) as year,
        bool_or(is_concern) as is_concern,
        max(concern_list_id) as concern_list_id,
        bool_or(is_unallocated) as is_unallocated
    from {{ ref('int_dependency__supplier_tags') }}
    where membership_variant = 'none'
    group by all

),

tagged as (

    select
        flows.*,
        coalesce(buyers.is_concern, false) as is_concern_buyer,
        member_buyers.country_id is not null as is_member_buyer,
        flows.importer_id = 'ROW' as is_aggregated_buyer
    from flows
    left join concern as buyers
        on flows.importer_id = buyers.supplier_id and flows.year = buyers.year
    left join members as member_buyers
        on flows.importer_id = member_buyers.country_id and flows.year = member_buyers.year

),

exporters as (

    select
        {{ item | join(', ') }}, exporter_id,
        {{ exact_sum('weight_t') }} as exports_t,
        {{ exact_sum('imputed_t') }} as imputed_t,
        {{ exact_sum('value_usd') }} as exports_usd,
        coalesce({{ exact_sum('weight_t', filter='is_concern_buyer') }}, 0) as to_concern_t,
        coalesce({{ exact_sum('weight_t', filter='is_concern_buyer or is_aggregated_buyer') }}, 0)
            as to_concern_high_t,
        coalesce({{ exact_sum('weight_t', filter='is_member_buyer') }}, 0) as to_members_t
    from tagged
    group by {{ item | join(', ') }}, exporter_id

),

last_years as (

    select distinct
        item_kind, item_id, stage_id, last_year
    from {{ ref('int_origin__items') }}

),

sized as (

    select
        exporters.*, last_years.last_year,
        exports_t / nullif({{ exact_sum('exports_t', over='partition by ' ~ item | join(', ')) }}, 0)
            as world_share,
        count(*) filter (where exports_t > 0) over (
            partition by item_kind, item_id, stage_id, exporter_id
            order by year range between 4 preceding and current row
        ) as n_years_exporting
    from exporters
    inner join last_years
        using (item_kind, item_id, stage_id)

),

entities as (

    select
        country_id as entity_id,
        country_id as importer_id,
        year
    from members
    union all
    select
        'BLOC:PAX_SILICA' as entity_id,
        country_id as importer_id,
        year
    from members

),

bought as (

    select
        entities.entity_id, flows.item_kind, flows.item_id, flows.stage_id, flows.year,
        flows.exporter_id,
        {{ exact_sum('flows.weight_t') }} as bought_t,
        {{ exact_sum('flows.value_usd') }} as bought_usd
    from entities
    inner join flows
        on entities.importer_id = flows.importer_id and entities.year = flows.year
    left join members as sellers
        on
            entities.entity_id = 'BLOC:PAX_SILICA'
            and flows.exporter_id = sellers.country_id
            and flows.year = sellers.year
    where sellers.country_id is null
    group by all

),

buyers as (

    select
        entity_id, {{ item | join(', ') }},
        {{ exact_sum('bought_t') }} as imports_t
    from bought
    group by all
    having sum(bought_t) > 0

),

candidates as (

    select
        buyers.entity_id, buyers.imports_t,
        sized.*,
        coalesce(bought.bought_t, 0) as bought_t,
        bought.bought_usd,
        tags.is_concern, tags.concern_list_id,
        sellers.country_id is not null as is_member
    from buyers
    inner join sized
        using ({{ item | join(', ') }})
    cross join thresholds
    left join bought
        on
            buyers.entity_id = bought.entity_id
            and sized.exporter_id = bought.exporter_id
            {%- for column in item %}
            and sized.{{ column }} = bought.{{ column }}
            {%- endfor %}
    left join concern as tags
        on sized.exporter_id = tags.supplier_id and sized.year = tags.year
    left join members as sellers
        on sized.exporter_id = sellers.country_id and sized.year = sellers.year
    where
        sized.year > sized.last_year - thresholds.n_years
        and sized.exporter_id <> buyers.entity_id
        and not (buyers.entity_id = 'BLOC:PAX_SILICA' and sellers.country_id is not null)
        and (bought.bought_t > 0 or sized.world_share >= thresholds.floor_share)

),

capped as (

    select
        *,
        bought_t / imports_t as current_share,
        -- what a country of concern delivers may stay and may fall, never grow
        case
            when is_concern is false then least((bought_t + to_concern_t) / imports_t, 1.0)
            else least(bought_t / imports_t, 1.0)
        end as cap_share,
        case
            when is_concern is false then least((bought_t + to_concern_high_t) / imports_t, 1.0)
            else least(bought_t / imports_t, 1.0)
        end as cap_high_share
    from candidates

),

-- the evenest shares under the caps: all at one level, below it those whose cap is lower. The level
-- is the largest of what is left for the rest after the lowest caps are used up.
levels as (

    select
        entity_id, {{ item | join(', ') }},
        (1 - coalesce({{ order_independent_sum('cap_share', over='by_cap') }}, 0))
            / count(*) over from_here as level_share
    from capped
    window
        by_cap as (
            partition by entity_id, {{ item | join(', ') }} order by cap_share, exporter_id
            rows between unbounded preceding and 1 preceding
        ),
        from_here as (
            partition by entity_id, {{ item | join(', ') }} order by cap_share, exporter_id
            rows between current row and unbounded following
        )

),

level as (

    select
        entity_id, {{ item | join(', ') }},
        max(level_share) as level_share
    from levels
    group by all

)

select
    capped.*,
    least(capped.cap_share, level.level_share) as evenest_share
from capped
inner join level
    using (entity_id, {{ item | join(', ') }})
