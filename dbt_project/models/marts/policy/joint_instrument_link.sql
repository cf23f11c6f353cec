with

instruments as (

    select * from {{ ref('int_policy__instrument_states') }}
    where joint_instrument_id is not null

),

counterparts as (

    {{ split_list('instruments', ['joint_instrument_id'], 'counterpart_ids', 'country_id') }}

),

-- a party with a row of its own has its own first day; a counterpart takes part from the first day
parties as (

    select
        joint_instrument_id, country_id,
        min(start_year) as since_year,
        min(valid_from) as since_date
    from instruments
    group by joint_instrument_id, country_id

    union

    select distinct
        counterparts.joint_instrument_id, counterparts.country_id,
        cast(null as integer) as since_year,
        cast(null as date) as since_date
    from counterparts
    left join instruments
        on
            counterparts.joint_instrument_id = instruments.joint_instrument_id
            and counterparts.country_id = instruments.country_id
    where instruments.country_id is null

),

joint as (

    select
        joint_instrument_id,
        min(instrument_name) as instrument_name,
        max(state_rank) as state_rank,
        max(status) as status,
        min(start_year) as first_year,
        min(valid_from) as first_date,
        {{ listagg_distinct('source_title', '; ') }} as source_titles,
        {{ listagg_distinct('source_url', ' ') }} as source_urls,
        max(case confidence when 'high' then 1 when 'medium' then 2 else 3 end) as confidence_rank,
        max(known_from_date) as known_from_date
    from instruments
    group by joint_instrument_id

),

signatories as (

    select distinct memberships.country_id
    from {{ ref('int_country__memberships') }} as memberships
    cross join {{ ref('int_run__parameters') }} as parameters
    where
        memberships.bloc_id = 'BLOC:PAX_SILICA'
        and memberships.membership_type = 'signatory'
        and {{ valid_on('memberships', 'parameters.as_of_date') }}

),

n_parties as (

    select joint_instrument_id, count(*) as n_parties
    from parties
    group by joint_instrument_id

)

select
    cast(joint.joint_instrument_id as varchar) as joint_instrument_id,
    cast(first_party.country_id as varchar) as country_id,
    cast(second_party.country_id as varchar) as other_country_id,
    cast(joint.instrument_name as varchar) as instrument_name,
    cast(
        case joint.state_rank when 1 then 'held' when 2 then 'partial' else 'planned' end as varchar
    ) as state,
    cast(joint.status as varchar) as status,
    cast(
        greatest(
            coalesce(first_party.since_year, joint.first_year),
            coalesce(second_party.since_year, joint.first_year)
        ) as integer
    ) as since_year,
    cast(
        case
            when first_party.since_date is null and first_party.since_year is not null then null
            when second_party.since_date is null and second_party.since_year is not null then null
            else greatest(
                coalesce(first_party.since_date, joint.first_date),
                coalesce(second_party.since_date, joint.first_date)
            )
        end as date
    ) as since_date,
    cast(n_parties.n_parties as integer) as n_parties,
    cast(
        first_signatory.country_id is not null and second_signatory.country_id is not null
        as boolean
    ) as is_between_signatories,
    cast(
        case joint.confidence_rank when 1 then 'high' when 2 then 'medium' else 'low' end as varchar
    ) as confidence,
    cast(joint.source_titles as varchar) as source_titles,
    cast(joint.source_urls as varchar) as source_urls,
    cast(joint.known_from_date as date) as known_from_date,
    cast({{ register_lineage('partner_instruments') }} as varchar) as lineage_id
from parties as first_party
inner join parties as second_party
    on
        first_party.joint_instrument_id = second_party.joint_instrument_id
        and first_party.country_id < second_party.country_id
inner join joint on first_party.joint_instrument_id = joint.joint_instrument_id
inner join n_parties on joint.joint_instrument_id = n_parties.joint_instrument_id
left join signatories as first_signatory on first_party.country_id = first_signatory.country_id
left join signatories as second_signatory on second_party.country_id = second_signatory.country_id
order by joint_instrument_id nulls last, country_id nulls last, other_country_id nulls last
