{{ config(
    severity='warn',
    description="Japan's magnets, the Netherlands' rare-earth compounds, and the logic chips and "
        ~ "wafers of the United States have suppliers once three trade sources are known."
) }}
with

known as (

    select count(distinct source_id) as n_sources
    from {{ ref('dim_source_edition') }}
    where source_id in ('cepii_baci', 'eurostat_comext', 'uk_hmrc', 'us_census')

),

questions as (

    select
        asked.entity_id, asked.item_id
    from (
        values
        ('JPN', '850511'), ('NLD', '284690'), ('USA', '854231'), ('USA', '381800')
    ) as asked (entity_id, item_id)

),

answers as (

    select distinct
        entity_id, item_id
    from {{ ref('supplier_share') }}

)

select questions.*
from questions
cross join known
left join answers using (entity_id, item_id)
where known.n_sources >= 3 and answers.item_id is null
