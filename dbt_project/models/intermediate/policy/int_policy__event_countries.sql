with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

issuers as (

    {{ split_list('events', ['event_id', 'known_from_date'], 'issuer_ids', 'country_id') }}

),

targets as (

    {{ split_list('events', ['event_id', 'known_from_date'], 'target_ids', 'country_id') }}

)

select
    event_id,
    'issuer' as role,
    country_id, known_from_date
from issuers
union all
select
    event_id,
    'target' as role,
    country_id, known_from_date
from targets
