-- One row per source of declarations other than UN Comtrade and period (a year or a month): a hash of
-- all that its declarations show, over all editions.
with

contents as (

    select
        source_id, period_type, period_start_date,
        count(*) as n_rows,
        sum({{ hash_64([
            'edition', 'reporter_id', 'partner_id', 'nomenclature', 'product_code', 'flow',
            'period_end_date', 'value_usd', 'value_native', 'currency', 'usd_per_unit',
            'fx_source', 'net_weight_kg', 'flow_basis', 'denominator_scope', 'n_lines',
            'row_method', 'is_reimport', 'is_confidential', 'is_converted_upstream',
            'is_complete', 'known_from_date', 'known_to_date'
        ]) }}) as content
    from {{ ref('int_trade__declarations') }}
    group by source_id, period_type, period_start_date

)

select
    source_id, period_type, period_start_date,
    {{ hash_64(['n_rows', 'content']) }} as version
from contents
