-- One row per year of BACI: a hash of all that its reconciled flows show, over all editions.
with

contents as (

    select
        flows.source_id, flows.period_type, flows.period_start_date,
        count(*) as n_rows,
        sum({{ hash_64([
            'flows.edition', 'flows.nomenclature', 'flows.product_code', 'flows.exporter_id',
            'flows.importer_id', 'flows.value_usd', 'flows.net_weight_kg', 'flows.is_truncated',
            'flows.known_from_date', 'editions.known_to_date', 'editions.is_preferred_series'
        ]) }}) as content
    from {{ ref('int_trade__baci_flows') }} as flows
    inner join {{ ref('int_trade__baci_editions') }} as editions
        on
            flows.edition = editions.edition
            and flows.nomenclature = editions.nomenclature
            and flows.product_code = editions.product_code
            and flows.year = editions.year
    group by flows.source_id, flows.period_type, flows.period_start_date

)

select
    source_id, period_type, period_start_date,
    {{ hash_64(['n_rows', 'content']) }} as version
from contents
