with

pairs as (

    select * from {{ ref('int_quality__edition_pairs') }}

),

numbers as (

    select * from {{ ref('int_quality__headline_numbers') }}

),

sides as (

    select
        pairs.source_id, pairs.material_id, pairs.stage_id, pairs.year, pairs.edition_from,
        pairs.edition_to, pairs.published_from_date, pairs.published_to_date, numbers.country_id,
        numbers.edition = pairs.edition_to as is_later, numbers.row_kind, numbers.quantity,
        numbers.quantity_unit, numbers.qty_basis, numbers.series, numbers.value_status,
        numbers.production_share, numbers.printed_share, numbers.production_rank
    from pairs
    inner join numbers
        on
            pairs.source_id = numbers.source_id
            and pairs.material_id = numbers.material_id
            and pairs.stage_id = numbers.stage_id
            and pairs.year = numbers.year
            and (pairs.edition_from = numbers.edition or pairs.edition_to = numbers.edition)

),

paired as (

    select
        source_id, material_id, stage_id, country_id, year, edition_from, edition_to,
        max(row_kind) as row_kind,
        max(published_from_date) as published_from_date,
        max(published_to_date) as published_to_date,
        coalesce(
            max(quantity_unit) filter (where is_later),
            max(quantity_unit) filter (where not is_later)
        ) as quantity_unit,
        coalesce(
            max(qty_basis) filter (where is_later), max(qty_basis) filter (where not is_later)
        ) as qty_basis,
        count(*) filter (where not is_later) > 0 as was_listed,
        count(*) filter (where is_later) > 0 as is_listed,
        max(quantity) filter (where not is_later) as quantity_from,
        max(quantity) filter (where is_later) as quantity_to,
        max(value_status) filter (where not is_later) as value_status_from,
        max(value_status) filter (where is_later) as value_status_to,
        max(production_share) filter (where not is_later) as production_share_from,
        max(production_share) filter (where is_later) as production_share_to,
        max(printed_share) filter (where not is_later) as printed_share_from,
        max(printed_share) filter (where is_later) as printed_share_to,
        max(production_rank) filter (where not is_later) as rank_from,
        max(production_rank) filter (where is_later) as rank_to,
        count(distinct series) <= 1 as is_comparable
    from sides
    group by source_id, material_id, stage_id, country_id, year, edition_from, edition_to

),

named as (

    select
        *,
        case
            when not was_listed then 'newly_listed'
            when not is_listed then 'no_longer_listed'
            when not is_comparable then 'series_changed'
            when quantity_from is null and quantity_to is null then 'still_unknown'
            when quantity_from is null then 'disclosed'
            when quantity_to is null then 'no_longer_disclosed'
            when quantity_from = quantity_to then 'confirmed'
            else 'revised'
        end as revision_kind
    from paired

)

select
    cast('fct_production' as varchar) as fact_table,
    cast(md5(
        source_id || '|production|' || material_id || '|' || stage_id || '|' || country_id
    ) as varchar) as fact_key_hash,
    cast(source_id as varchar) as source_id,
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(row_kind as varchar) as row_kind,
    cast(year as integer) as year,
    cast(edition_from as varchar) as edition_from,
    cast(edition_to as varchar) as edition_to,
    cast(published_from_date as date) as published_from_date,
    cast(published_to_date as date) as published_to_date,
    cast(
        {{ dbt.datediff('published_from_date', 'published_to_date', 'day') }} as integer
    ) as days_between,
    cast(revision_kind as varchar) as revision_kind,
    cast(is_comparable as boolean) as is_comparable,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(qty_basis as varchar) as qty_basis,
    cast(quantity_from as double) as quantity_from,
    cast(quantity_to as double) as quantity_to,
    cast(value_status_from as varchar) as value_status_from,
    cast(value_status_to as varchar) as value_status_to,
    cast(
        case when is_comparable then quantity_to - quantity_from end as double
    ) as quantity_abs_change,
    cast(case
        when is_comparable and quantity_from > 0 then quantity_to / quantity_from - 1
    end as double) as quantity_rel_change,
    cast(production_share_from as double) as production_share_from,
    cast(production_share_to as double) as production_share_to,
    cast(
        (production_share_to - production_share_from) * 100 as double
    ) as production_share_change_pp,
    cast(printed_share_from as double) as printed_share_from,
    cast(printed_share_to as double) as printed_share_to,
    cast(rank_from as integer) as rank_from,
    cast(rank_to as integer) as rank_to,
    cast(rank_to - rank_from as integer) as rank_change,
    cast(
        source_id || '@' || edition_from || '+' || source_id || '@' || edition_to as varchar
    ) as lineage_id
from named
