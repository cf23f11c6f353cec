with

records as (

    select * from {{ ref('int_policy__source_records') }}

),

products as (

    select * from {{ ref('stg_global_trade_alert__products') }}

),

hs_codes as (

    -- measures of today do not name codes that ended before 2012
    select distinct product_code from {{ ref('stg_un_hs__codes') }}
    where nomenclature <> 'HS1992'

),

printed as (

    select
        records.record_key, products.product_code_raw,
        case
            when length(products.product_code_raw) = 5 then '0' || products.product_code_raw
            else products.product_code_raw
        end as padded_code
    from products
    inner join records
        on
            products.source_id = records.source_id
            and products.record_id = records.record_id
            and products.edition = records.edition
            and products.payload_sha256 = records.payload_sha256

)

-- a lost zero is given back only where the nomenclature knows the result
select
    printed.record_key, printed.product_code_raw, hs_codes.product_code,
    case
        when hs_codes.product_code is null then 'quarantined'
        when printed.padded_code <> printed.product_code_raw then 'padded'
        else 'stated'
    end as code_status
from printed
left join hs_codes on printed.padded_code = hs_codes.product_code
