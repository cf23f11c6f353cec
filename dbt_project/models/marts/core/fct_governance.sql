with

indicators as (

    select * from {{ ref('int_governance__indicators') }}

),

editions as (

    select distinct source_id, edition, known_from_date from indicators

),

knowledge as (

    select
        source_id, edition, known_from_date,
        min(known_from_date) over (
            partition by source_id
            order by known_from_date
            range between interval 1 day following and unbounded following
        ) as known_to_date
    from editions

)

select
    cast(indicators.source_id as varchar) as source_id,
    cast(indicators.edition as varchar) as edition,
    cast(indicators.country_id as varchar) as country_id,
    cast(indicators.country_code as varchar) as country_code,
    cast(indicators.year as integer) as year,
    cast(indicators.dimension as varchar) as dimension,
    cast(indicators.estimate as double) as estimate,
    cast(indicators.standard_error as double) as standard_error,
    cast(indicators.n_sources as integer) as n_sources,
    cast(indicators.value_status as varchar) as value_status,
    cast(indicators.known_from_date as date) as known_from_date,
    cast(knowledge.known_to_date as date) as known_to_date,
    cast({{ lineage_part('indicators.source_id', 'indicators.edition') }} as varchar) as lineage_id
from indicators
inner join knowledge
    on
        indicators.source_id = knowledge.source_id
        and indicators.edition = knowledge.edition
        and indicators.known_from_date = knowledge.known_from_date
order by
    source_id nulls last,
    edition nulls last,
    country_id nulls last,
    country_code nulls last,
    year nulls last,
    dimension nulls last
