with

clauses as (

    select * from {{ ref('int_policy__clauses') }}

),

issuers as (

    {{ split_list(
        'clauses', ['clause_id', 'event_id', 'known_from_date'], 'issuer_ids', 'country_id'
    ) }}

),

targets as (

    {{ split_list(
        'clauses', ['clause_id', 'event_id', 'known_from_date'], 'target_ids', 'country_id'
    ) }}

),

roles as (

    select
        *,
        'issuer' as role
    from issuers
    union all
    select
        *,
        'target' as role
    from targets

)

select
    cast(clause_id as varchar) as clause_id,
    cast(event_id as varchar) as measure_id,
    cast(role as varchar) as role,
    cast(country_id as varchar) as country_id,
    cast(known_from_date as date) as known_from_date,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from roles
order by clause_id nulls last, role nulls last, country_id nulls last
