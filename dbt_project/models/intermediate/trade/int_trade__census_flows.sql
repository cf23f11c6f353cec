-- One row per edition, partner, HS6 product and period: US trade by HTS10 summed to HS6. The
-- European Union may stand as one block; a member listed beside it is inside of the block already
-- and is left out here, and kept with the reason in `int_trade__exclusions`.
with

imports as (

    select * from {{ ref('int_trade__census_lines') }}

)

select
    'us_census' as source_id,
    edition,
    'USA' as reporter_id,
    partner_id,
    hs6 as product_code,
    flow, period_type, period_start_date, period_end_date, year,
    {{ exact_sum('value_usd') }} as value_usd,
    {{ exact_sum('value_usd') }} as value_native,
    'USD' as currency,
    cast(1 as double) as usd_per_unit,
    'declared in USD' as fx_source,
    cast(null as double) as net_weight_kg,
    case flow when 'import' then 'importer_customs_value' else 'exporter_fob' end as flow_basis,
    -- one file of listed partners makes the whole period a list
    max(denominator_scope) as denominator_scope,
    count(*) as n_lines,
    false as is_confidential,
    false as is_converted_upstream,
    true as is_complete,
    min(known_from_date) as known_from_date
from imports
where not is_inside_block
group by edition, partner_id, hs6, flow, period_type, period_start_date, period_end_date, year
