with

dependency as (

    select * from {{ ref('partner_dependency').include(database=false) }}
    where netting = 'gross' and membership_variant = 'none' and period_type = 'A'

),

groups as (

    select * from {{ ref('item_group').include(database=false) }}
    where is_first and netting = 'gross' and membership_variant = 'none'

),

countries as (

    select * from {{ ref('dim_country').include(database=false) }}

)

select
    members.country_id,
    members.country_name as country,
    groups.item_kind, groups.item_ids, groups.item, groups.stage_id,
    groups.stage_name as stage,
    groups.year,
    dependency.imports_usd, dependency.exports_usd, dependency.concern_share,
    dependency.concern_share_low, dependency.concern_share_high,
    dependency.yoy_concern_share_pp as concern_share_change_pp,
    dependency.top_supplier_id as largest_supplier_id,
    suppliers.country_name as largest_supplier,
    dependency.top_supplier_share as largest_supplier_share,
    dependency.supplier_hhi, dependency.n_suppliers,
    dependency.control_exposure_share_low as exposure_share_low,
    dependency.control_exposure_share_high as exposure_share_high,
    groups.is_basket,
    coalesce(dependency.coverage_share < 1, true)
    or coalesce(dependency.concern_share_high - dependency.concern_share_low > 0.001, false)
        as is_partial,
    dependency.coverage_share as measured_share,
    dependency.quality_grade as grade,
    {{ flags_in_words('dependency.quality_flags') }} as flags,
    case when dependency.concern_share is null then dependency.missing_reason end as why_no_share,
    {{ basis_in_words('dependency.flow_basis') }} as basis,
    dependency.source_ids as sources,
    dependency.edition, dependency.lineage_id
from groups
inner join countries as members
    on
        groups.entity_id = members.country_id
        and members.party_status = 'signatory'
        and members.country_kind <> 'institution'
inner join dependency
    on
        groups.entity_id = dependency.entity_id
        and groups.item_kind = dependency.item_kind
        and groups.item_id = dependency.item_id
        and groups.stage_id = dependency.stage_id
        and groups.year = dependency.year
left join countries as suppliers
    on dependency.top_supplier_id = suppliers.country_id
