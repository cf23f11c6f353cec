-- Two editions are consecutive when both have the same year of the same material and stage
-- and no edition in between does. An edition that has not landed is not part of the sequence.
with

production as (

    select * from {{ ref('fct_production') }}

),

editions as (

    select
        source_id, material_id, stage_id, year, edition,
        min(known_from_date) as published_date
    from production
    where is_headline_series and measure = 'production'
    group by source_id, material_id, stage_id, year, edition

),

chained as (

    select
        source_id, material_id, stage_id, year,
        edition as edition_from,
        published_date as published_from_date,
        lead(edition) over chain as edition_to,
        lead(published_date) over chain as published_to_date
    from editions
    window chain as (
        partition by source_id, material_id, stage_id, year
        order by published_date, edition
    )

)

select * from chained
where edition_to is not null
