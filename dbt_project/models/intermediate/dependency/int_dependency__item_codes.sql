-- One row per source, edition, item and period: the codes on which the source measures the item,
-- beside the number of codes that are mapped to it.
with

import_flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

source_codes as (

    select distinct
        source_id, edition, nomenclature, period_type, period_start_date, product_code
    from import_flows

),

mapped as (

    select
        nomenclature, item_kind, item_id, stage_id,
        count(*) as n_products_mapped
    from item_products
    group by nomenclature, item_kind, item_id, stage_id

)

select
    codes.source_id, codes.edition, codes.period_type, codes.period_start_date,
    -- BACI has some codes of an item in an older revision: the newest one names the row
    max(codes.nomenclature) as nomenclature,
    items.item_kind, items.item_id, items.stage_id,
    cast(count(*) as integer) as n_products,
    cast(max(mapped.n_products_mapped) as integer) as n_products_mapped,
    string_agg(codes.product_code, '|' order by codes.product_code) as product_codes
from source_codes as codes
inner join item_products as items
    on
        codes.nomenclature = items.nomenclature
        and codes.product_code = items.product_code
inner join mapped
    on
        items.nomenclature = mapped.nomenclature
        and items.item_kind = mapped.item_kind
        and items.item_id = mapped.item_id
        and items.stage_id = mapped.stage_id
group by
    codes.source_id, codes.edition, codes.period_type, codes.period_start_date, items.item_kind,
    items.item_id, items.stage_id
