-- One row per edition, nomenclature, product and year of BACI: until when the edition was the last
-- word on the code in that year, and whether its flows are the ones that readers shall add up. A
-- newer edition replaces the codes and years that it has, never others; of two revisions of the HS
-- one counts, since CEPII reconciles each on its own (code totals differ by up to 1.6).
-- noqa: disable=LT02
with

code_years as (

    select
        edition, nomenclature, product_code,
        cast(year as integer) as year,
        min(known_from_date) as known_from_date
    from {{ ref('int_trade__baci_flows') }}
    group by edition, nomenclature, product_code, year

),

chained as (

    select
        *,
        lead(known_from_date) over (
            partition by nomenclature, product_code, year
            order by known_from_date, edition
        ) as known_to_date
    from code_years

),

-- HS2017 first: the codes of the map of items and of our own reconciliation
revisions as (

    select
        listed.nomenclature, listed.place
    from (
        values
        ('HS2017', 1), ('HS2022', 2), ('HS2012', 3), ('HS2007', 4), ('HS2002', 5), ('HS1996', 6),
        ('HS1992', 7)
    ) as listed (nomenclature, place)

),

-- within a year the newest edition precedes, then the revision
latest as (

    select
        chained.nomenclature, chained.product_code, chained.year,
        dense_rank() over (
            partition by chained.year
            order by
                chained.known_from_date desc, chained.edition desc,
                revisions.place asc nulls last, chained.nomenclature asc
        ) as place
    from chained
    left join revisions
        on chained.nomenclature = revisions.nomenclature
    where chained.known_to_date is null

),

codes as (

    select distinct
        nomenclature, product_code
    from latest

),

shared_goods as (

    select
        nomenclature, product_code, related_nomenclature, related_code
    from {{ ref('int_reference__related_codes') }}
    union
    select
        codes.nomenclature, codes.product_code,
        others.nomenclature as related_nomenclature,
        others.product_code as related_code
    from codes
    inner join codes as others
        on
            codes.product_code = others.product_code
            and codes.nomenclature <> others.nomenclature

),

-- codes that hold the same goods in the same year, each with the ones that precede it
rivals as (

    select
        latest.nomenclature, latest.product_code, latest.year,
        preceding.nomenclature as preceding_nomenclature,
        preceding.product_code as preceding_code
    from latest
    inner join shared_goods
        on
            latest.nomenclature = shared_goods.nomenclature
            and latest.product_code = shared_goods.product_code
    inner join latest as preceding
        on
            shared_goods.related_nomenclature = preceding.nomenclature
            and shared_goods.related_code = preceding.product_code
            and latest.year = preceding.year
            and latest.place > preceding.place

),

-- a code counts unless one that counts precedes it; each round settles two more places
{% set rounds = [1, 2, 3] %}
open_0 as (

    select
        nomenclature, product_code, year
    from latest

),

counted_0 as (

    select
        nomenclature, product_code, year
    from latest
    where year is null

),

{%- for round in rounds %}
counted_{{ round }} as (

    select * from counted_{{ round - 1 }}
    union all
    select open_codes.*
    from open_{{ round - 1 }} as open_codes
    where not exists (
        select 1
        from rivals
        inner join open_{{ round - 1 }} as preceding
            on
                rivals.preceding_nomenclature = preceding.nomenclature
                and rivals.preceding_code = preceding.product_code
                and rivals.year = preceding.year
        where
            rivals.nomenclature = open_codes.nomenclature
            and rivals.product_code = open_codes.product_code
            and rivals.year = open_codes.year
    )

),

open_{{ round }} as (

    select open_codes.*
    from open_{{ round - 1 }} as open_codes
    left join counted_{{ round }} as counted
        using (nomenclature, product_code, year)
    where counted.year is null and not exists (
        select 1
        from rivals
        inner join counted_{{ round }} as preceding
            on
                rivals.preceding_nomenclature = preceding.nomenclature
                and rivals.preceding_code = preceding.product_code
                and rivals.year = preceding.year
        where
            rivals.nomenclature = open_codes.nomenclature
            and rivals.product_code = open_codes.product_code
            and rivals.year = open_codes.year
    )

),
{% endfor %}
counted as (

    select * from counted_{{ rounds | last }}

)

select
    'cepii_baci' as source_id,
    chained.edition, chained.nomenclature, chained.product_code, chained.year,
    chained.known_from_date, chained.known_to_date,
    chained.known_to_date is null as is_latest,
    chained.known_to_date is null and counted.year is not null as is_preferred_series
from chained
left join counted
    on
        chained.nomenclature = counted.nomenclature
        and chained.product_code = counted.product_code
        and chained.year = counted.year
