with

events as (

    select * from {{ ref('stg_registers__policy_register') }}

),

reference_codes as (

    select * from {{ ref('stg_registers__mofcom_reference_codes') }}

),

codes as (

    select
        nomenclature, product_code
    from {{ ref('stg_un_hs__codes') }}

),

in_register as (

    {{ split_list(
        'events', ['event_id', 'known_from_date', 'hs6_basis'], 'hs6_codes', 'product_code'
    ) }}

),

stated as (

    select
        event_id, known_from_date, hs6_basis, product_code,
        0 as n_reference_codes
    from in_register

    union all

    select
        event_id,
        min(known_from_date) as known_from_date,
        'stated' as hs6_basis,
        hs6 as product_code,
        count(*) as n_reference_codes
    from reference_codes
    group by event_id, hs6

),

per_product as (

    select
        event_id, product_code,
        -- what the act states outweighs what was inferred for it
        max(case when hs6_basis = 'stated' then 'stated' else 'inferred' end) as hs6_basis,
        sum(n_reference_codes) as n_reference_codes,
        min(known_from_date) as known_from_date
    from stated
    group by event_id, product_code

),

existence as (

    select
        product_code,
        max(case when nomenclature = 'HS2017' then 1 else 0 end) = 1 as is_in_hs2017,
        max(case when nomenclature = 'HS2022' then 1 else 0 end) = 1 as is_in_hs2022
    from codes
    group by product_code

)

select
    per_product.event_id, per_product.product_code, per_product.hs6_basis,
    per_product.n_reference_codes,
    -- reference codes are finer than six digits: the heading is hit in part
    case when per_product.n_reference_codes > 0 then 'partial' else 'unknown' end as coverage,
    coalesce(existence.is_in_hs2017, false) as is_in_hs2017,
    coalesce(existence.is_in_hs2022, false) as is_in_hs2022,
    per_product.known_from_date
from per_product
left join existence on per_product.product_code = existence.product_code
