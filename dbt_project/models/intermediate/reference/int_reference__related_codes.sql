-- One row per revision and HS6 code and per code of another revision that holds some of its goods.
with

-- across chapters the United Nations' lists link waste of every kind with everything
pairs as (

    select
        from_nomenclature, from_code, to_nomenclature, to_code
    from {{ ref('stg_un_hs__correlations') }}
    where substr(from_code, 1, 2) = substr(to_code, 1, 2)
    union
    select
        from_nomenclature, from_code, to_nomenclature, to_code
    from {{ ref('stg_un_hs__conversions') }}

)

select
    from_nomenclature as nomenclature,
    from_code as product_code,
    to_nomenclature as related_nomenclature,
    to_code as related_code
from pairs
union all
select
    to_nomenclature as nomenclature,
    to_code as product_code,
    from_nomenclature as related_nomenclature,
    from_code as related_code
from pairs
