{{ config(description="A pair of editions begins where the pair before it ended.") }}
with

pairs as (

    select distinct
        source_id, material_id, stage_id, year, edition_from, edition_to,
        published_from_date
    from {{ ref('vintage_revision') }}

),

chained as (

    select
        *,
        lag(edition_to) over (
            partition by source_id, material_id, stage_id, year
            order by published_from_date, edition_from
        ) as edition_before
    from pairs

)

select * from chained
where
    edition_before is not null
    and edition_before <> edition_from
