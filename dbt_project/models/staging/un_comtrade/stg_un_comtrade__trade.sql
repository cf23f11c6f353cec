{{ config(tags=['spark']) }}

with

landed as (

    select * from {{ source_as_known('un_comtrade', 'trade') }}

)

select
    edition, type_code, freq_code, ref_year, ref_month, period, reporter_code, partner_code,
    partner2_code, flow_code, classification_code, cmd_code, customs_code,
    -- -1 and 0 both mean that nothing is broken down by mode of supply
    case when mos_code = '-1' then '0' else mos_code end as mos_code,
    mot_code, qty_unit_code,
    -- the publisher writes 0 where a quantity, a weight or the other valuation is missing
    nullif(qty, 0) as qty,
    alt_qty_unit_code,
    nullif(alt_qty, 0) as alt_qty,
    nullif(net_wgt_kg, 0) as net_wgt_kg,
    is_net_wgt_estimated, is_original_classification,
    nullif(cif_value_usd, 0) as cif_value_usd,
    nullif(fob_value_usd, 0) as fob_value_usd,
    primary_value_usd, legacy_estimation_flag, has_dimensions, known_from_date, payload_sha256,
    row_locator
from landed
