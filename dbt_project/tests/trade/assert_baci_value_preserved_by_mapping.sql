{{ config(
    description="Mapping codes to countries neither loses nor doubles a flow of BACI."
) }}
with

landed as (

    select
        edition, nomenclature, year, product_code,
        sum(value_usd) as value_usd
    from {{ ref('stg_cepii_baci__flows') }}
    group by edition, nomenclature, year, product_code

),

fact as (

    select
        edition, nomenclature, year, product_code,
        sum(value_usd) as value_usd
    from {{ ref('fct_trade_reconciled') }}
    where source_id = 'cepii_baci'
    group by edition, nomenclature, year, product_code

)

select
    landed.edition, landed.year, landed.product_code, landed.value_usd,
    fact.value_usd as fact_value_usd
from landed
left join fact
    on
        landed.edition = fact.edition
        and landed.nomenclature = fact.nomenclature
        and landed.year = fact.year
        and landed.product_code = fact.product_code
where fact.value_usd is null or abs(landed.value_usd - fact.value_usd) > 0.5
