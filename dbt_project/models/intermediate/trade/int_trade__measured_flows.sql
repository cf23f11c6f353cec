-- One row per importer, exporter, product and period: the flows of the source that is chosen for the
-- importer's code. Never the same trade twice: add up freely over codes of one basis.
{{ config(tags=['spark']) }}

with

flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

chosen as (

    select * from {{ ref('int_trade__measurements') }} where is_chosen

)

select
    flows.*,
    series.series_code, chosen.measurement_kind, chosen.partner_coverage_share
from flows
inner join {{ ref('int_trade__series_codes') }} as series
    using (nomenclature, product_code)
inner join chosen
    using (
        importer_id, series_code, period_type, period_start_date, source_id, edition, nomenclature,
        flow_basis, denominator_scope
    )
