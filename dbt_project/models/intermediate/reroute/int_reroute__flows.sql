-- One row per nomenclature, code, exporter, importer and year: the reconciled weights of the codes
-- of restrictive export measures. Importers that a bundle sums up are no country and left out.
with

measures as (

    select distinct product_code from {{ ref('int_effect__measures') }}

)

select
    flows.nomenclature, flows.product_code, flows.exporter_id, flows.importer_id,
    cast(flows.year as integer) as year,
    flows.net_weight_kg as kg,
    flows.edition, flows.lineage_id
from {{ ref('int_trade__reconciled') }} as flows
inner join measures
    on flows.product_code = measures.product_code
where
    flows.is_latest
    and flows.source_id = 'cepii_baci'
    and flows.period_type = 'A'
    and flows.exporter_id <> flows.importer_id
    and flows.importer_id <> 'ROW'
