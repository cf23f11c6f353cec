with

changes as (

    select * from {{ ref('headline_change').include(database=false) }}
    where
        mart = 'partner_dependency'
        and period_type = 'A'
        and netting = 'gross'
        and membership_variant = 'none'
        and item_kind in ('material', 'good')
        and headline_change <> 0

),

groups as (

    select * from {{ ref('item_group').include(database=false) }}
    where is_first and netting = 'gross' and membership_variant = 'none'

)

select
    members.country_id,
    members.country_name as country,
    groups.item_kind, groups.item_ids, groups.item, groups.stage_id,
    groups.stage_name as stage,
    changes.headline_id as measure,
    changes.year,
    changes.headline_from as value_before,
    changes.headline_to as value_after,
    changes.headline_change as change,
    changes.price_part, changes.volume_part, changes.switch_part, changes.coverage_part,
    changes.unseparated_part,
    changes.explanation as reason,
    changes.explanation_detail as reason_detail,
    groups.is_basket,
    changes.coverage_share as measured_share,
    {{ flags_in_words('changes.quality_flags') }} as flags,
    changes.source_ids as sources,
    changes.edition, changes.lineage_id
from changes
inner join groups
    on
        changes.entity_id = groups.entity_id
        and changes.item_kind = groups.item_kind
        and changes.item_id = groups.item_id
        and changes.stage_id = groups.stage_id
        and changes.year = groups.year
inner join {{ ref('dim_country').include(database=false) }} as members
    on
        changes.entity_id = members.country_id
        and members.party_status = 'signatory'
        and members.country_kind <> 'institution'
