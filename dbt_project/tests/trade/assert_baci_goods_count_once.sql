{{ config(
    description="Per product and year one edition and one HS revision of BACI counts, and each "
        ~ "product and year that any of them has is counted under its own or a related code."
) }}
with

editions as (

    select * from {{ ref('int_trade__baci_editions') }} where is_latest

),

counted as (

    select * from editions where is_preferred_series

),

related as (

    select * from {{ ref('int_reference__related_codes') }}

),

-- how often the goods of a code of any revision are counted
counts as (

    select
        editions.nomenclature, editions.product_code, editions.year, editions.is_preferred_series,
        count(counted.product_code) filter (
            where
            counted.product_code = editions.product_code
            or related.product_code is not null
        ) as n_counted
    from editions
    left join counted
        on editions.year = counted.year
    left join related
        on
            editions.nomenclature = related.nomenclature
            and editions.product_code = related.product_code
            and counted.nomenclature = related.related_nomenclature
            and counted.product_code = related.related_code
    group by
        editions.nomenclature, editions.product_code, editions.year, editions.is_preferred_series

)

select * from counts
where n_counted = 0 or is_preferred_series and n_counted > 1
