-- One row per case and country row of the production that origins start from (tonnes, on the basis
-- of the case). Rows without a country of their own are producers that are not named.
select
    cases.case_id,
    case when shares.row_kind = 'country' then shares.country_id else 'NES' end as country_id,
    shares.quantity as quantity_t,
    shares.value_status, shares.quantity_unit
from {{ ref('production_share') }} as shares
inner join {{ ref('int_origin__cases') }} as cases
    on
        shares.material_id = cases.material_id
        and shares.stage_id = cases.stage_id
        and shares.year = cases.year
where
    shares.denominator = 'sum_rows'
    and shares.is_latest_edition
    and cases.state = 'traced'
