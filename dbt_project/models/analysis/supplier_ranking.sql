with

suppliers as (

    select * from {{ ref('supplier_share').include(database=false) }}
    where
        netting = 'gross' and membership_variant = 'none' and period_type = 'A' and is_preferred
        and item_kind in ('material', 'good') and not is_reimport

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
    groups.year, suppliers.supplier_id,
    coalesce(origins.country_name, suppliers.supplier_id) as supplier,
    suppliers.rank as supplier_rank,
    suppliers.value_usd as imports_usd,
    suppliers.value_share as supplier_share,
    suppliers.value_share_low as supplier_share_low,
    suppliers.value_share_high as supplier_share_high,
    suppliers.is_concern as is_country_of_concern,
    suppliers.is_member_supplier as is_member,
    groups.is_basket,
    suppliers.coverage_share as measured_share,
    suppliers.quality_grade as grade,
    {{ flags_in_words('suppliers.quality_flags') }} as flags,
    case when suppliers.value_share is null then suppliers.missing_reason end as why_no_share,
    {{ basis_in_words('suppliers.flow_basis') }} as basis,
    suppliers.source_ids as sources,
    suppliers.edition, suppliers.lineage_id
from groups
inner join countries as members
    on
        groups.entity_id = members.country_id
        and members.party_status = 'signatory'
        and members.country_kind <> 'institution'
inner join suppliers
    on
        groups.entity_id = suppliers.entity_id
        and groups.item_kind = suppliers.item_kind
        and groups.item_id = suppliers.item_id
        and groups.stage_id = suppliers.stage_id
        and groups.year = suppliers.year
left join countries as origins
    on suppliers.supplier_id = origins.country_id
