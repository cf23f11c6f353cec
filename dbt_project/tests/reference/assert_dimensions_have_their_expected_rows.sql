{{ config(
    description="Dimensions have about as many rows as they must, the reserved ids, Taiwan and "
        ~ "the partnership among them."
) }}
with

countries as (

    select
        'countries' as what,
        count(*) filter (where country_kind = 'country') as n_found,
        190 as n_least,
        260 as n_most
    from {{ ref('dim_country') }}

),

reserved_ids as (

    select
        'reserved ids and institutions' as what,
        count(distinct country_id) as n_found,
        9 as n_least,
        9 as n_most
    from {{ ref('dim_country') }}
    where
        country_id in (
            'NES', 'SPECIAL', 'UNMAPPED', 'WLD', 'ALL', 'ROW', 'GROUP:EU', 'EUU', 'OED'
        )

),

taiwan as (

    select
        'Taiwan as 490 of BACI' as what,
        count(*) as n_found,
        1 as n_least,
        1 as n_most
    from {{ ref('bridge_country_code') }}
    where country_id = 'TWN' and code_system = 'baci_numeric' and code = '490'

),

goods as (

    select
        'goods' as what,
        count(*) as n_found,
        10 as n_least,
        300 as n_most
    from {{ ref('dim_good') }}

),

materials as (

    select
        'materials' as what,
        count(*) as n_found,
        30 as n_least,
        300 as n_most
    from {{ ref('dim_material') }}

),

-- the declaration names eight sectors; before it there is none
sectors as (

    select
        'sectors' as what,
        count(*) as n_found,
        0 as n_least,
        8 as n_most
    from {{ ref('dim_sector') }}

),

partnership as (

    select
        'the partnership since its founding' as what,
        count(blocs.bloc_id) as n_found,
        1 as n_least,
        1 as n_most
    from {{ ref('int_run__parameters') }} as parameters
    left join {{ ref('dim_bloc') }} as blocs on blocs.bloc_id = 'BLOC:PAX_SILICA'
    where parameters.as_known_on >= date '2025-12-12'
    having count(*) > 0

),

counted as (

    select * from countries
    union all
    select * from reserved_ids
    union all
    select * from taiwan
    union all
    select * from goods
    union all
    select * from materials
    union all
    select * from sectors
    union all
    select * from partnership

)

select * from counted
where n_found not between n_least and n_most
