with

inputs as (

    select * from {{ source_as_known('eu_crm', 'printed_inputs') }}

)

select
    'eu_crm' as source_id,
    edition,
    lower(material) as material_label,
    cast(assessment_year as integer) as assessment_year,
    case stage when 'Extraction' then 'E' when 'Processing' then 'P' end as stage_label,
    cast(supply_risk as double) as supply_risk,
    cast(economic_importance as double) as economic_importance,
    cast(import_reliance_pct / 100 as double) as import_reliance_share,
    cast(eol_rir_pct / 100 as double) as eol_rir_share,
    case supply_used
        when 'GS + EUS' then 'global_and_sourcing'
        when 'GS only' then 'global_only'
        when 'EUS only' then 'sourcing_only'
    end as supply_used,
    cast(si_ei as double) as si_ei,
    cast(si_sr as double) as si_sr,
    cast(hhi_wgi_t_global as double) as hhi_wgi_t_global,
    cast(hhi_wgi_t_eu as double) as hhi_wgi_t_sourcing,
    known_from_date, payload_sha256, row_locator
from inputs
