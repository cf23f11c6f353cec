with

cells as (

    select * from {{ ref('instrument_matrix') }}
    where membership_type = 'signatory' and has_instrument

),

pairs as (

    select
        first_party.instrument_type, first_party.country_id,
        second_party.country_id as other_country_id,
        first_party.state as country_state,
        second_party.state as other_state,
        first_party.since_year as country_since_year,
        second_party.since_year as other_since_year,
        first_party.since_date as country_since_date,
        second_party.since_date as other_since_date,
        first_party.has_source and second_party.has_source as has_source,
        first_party.instrument_names as country_instruments,
        second_party.instrument_names as other_instruments,
        first_party.lineage_id
    from cells as first_party
    inner join cells as second_party
        on
            first_party.instrument_type = second_party.instrument_type
            and first_party.country_id < second_party.country_id

)

select
    cast(instrument_type as varchar) as instrument_type,
    cast(country_id as varchar) as country_id,
    cast(other_country_id as varchar) as other_country_id,
    cast(country_state as varchar) as country_state,
    cast(other_state as varchar) as other_state,
    -- both have it from the later of the two on; not known where one of them is not
    cast(
        case
            when country_since_year is not null and other_since_year is not null
                then greatest(country_since_year, other_since_year)
        end as integer
    ) as shared_since_year,
    cast(
        case
            when country_since_date is not null and other_since_date is not null
                then greatest(country_since_date, other_since_date)
        end as date
    ) as shared_since_date,
    cast(country_state = 'held' and other_state = 'held' as boolean) as is_held_by_both,
    cast(has_source as boolean) as has_source,
    cast(country_instruments as varchar) as country_instruments,
    cast(other_instruments as varchar) as other_instruments,
    cast(lineage_id as varchar) as lineage_id
from pairs
order by instrument_type nulls last, country_id nulls last, other_country_id nulls last
