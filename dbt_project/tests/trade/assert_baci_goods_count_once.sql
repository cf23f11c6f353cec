{{ config(
    description="Per product and year one edition and one HS revision of BACI counts, and each "
        ~ "product and year that any of them has is counted under its own or a related code."
) }}
with

editions as (

    select * from {{ ref('int_trade__baci_editions') }}

),

counted as (

    select * from editions
    where is_preferred_series

),

links as (

    select
        from_nomenclature, from_code, to_nomenclature, to_code
    from {{ ref('stg_un_hs__correlations') }}
    where substr(from_code, 1, 2) = substr(to_code, 1, 2)
    union
    select
        from_nomenclature, from_code, to_nomenclature, to_code
    from {{ ref('stg_un_hs__conversions') }}

),

repeated as (

    select
        year, product_code,
        'counted more than once' as problem
    from counted
    group by year, product_code
    having count(*) > 1

),

repeated_under_two_codes as (

    select
        newer.year, newer.product_code,
        'counted under two codes' as problem
    from counted as newer
    inner join links
        on
            newer.nomenclature = links.from_nomenclature
            and newer.product_code = links.from_code
    inner join counted as older
        on
            links.to_nomenclature = older.nomenclature
            and links.to_code = older.product_code
            and newer.year = older.year

),

lost as (

    select distinct
        editions.year, editions.product_code,
        'not counted' as problem
    from editions
    where
        editions.is_latest
        and not editions.is_preferred_series
        and not exists (
            select 1
            from counted
            where
                counted.year = editions.year
                and counted.product_code = editions.product_code
        )
        and not exists (
            select 1
            from counted
            inner join links
                on
                    counted.nomenclature = links.from_nomenclature
                    and counted.product_code = links.from_code
                    and editions.nomenclature = links.to_nomenclature
                    and editions.product_code = links.to_code
            where counted.year = editions.year
        )
        and not exists (
            select 1
            from counted
            inner join links
                on
                    counted.nomenclature = links.to_nomenclature
                    and counted.product_code = links.to_code
                    and editions.nomenclature = links.from_nomenclature
                    and editions.product_code = links.from_code
            where counted.year = editions.year
        )

)

select * from repeated
union all
select * from repeated_under_two_codes
union all
select * from lost
