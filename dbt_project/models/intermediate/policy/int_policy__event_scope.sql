with

targets as (

    select * from {{ ref('int_policy__event_countries') }}
    where role = 'target'

),

products as (

    select * from {{ ref('int_policy__event_products') }}

),

events as (

    select event_id from {{ ref('stg_registers__policy_register') }}

),

target_counts as (

    select
        event_id,
        count(*) as n_target_countries
    from targets
    where country_id <> 'ALL'
    group by event_id

),

product_counts as (

    select
        event_id,
        count(*) as n_products
    from products
    group by event_id

)

select
    events.event_id,
    coalesce(target_counts.n_target_countries, 0) as n_target_countries,
    coalesce(product_counts.n_products, 0) as n_products
from events
left join target_counts on events.event_id = target_counts.event_id
left join product_counts on events.event_id = product_counts.event_id
