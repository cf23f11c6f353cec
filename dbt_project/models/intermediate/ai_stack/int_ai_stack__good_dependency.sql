-- One row per partner or bloc, good and year: its imports of the good and who they depend on.
with

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        item_kind = 'good'
        and period_type = 'A'
        and (
            (netting = 'gross' and membership_variant = 'none')
            or (netting = 'extra' and membership_variant = 'as_of_today')
        )

),

concentrations as (

    select * from {{ ref('concentration') }}
    where scope = 'entity_imports' and item_kind = 'good'

),

grades as (

    select * from {{ quality_grades('import_groups') }}

)

select
    import_groups.entity_id, import_groups.netting, import_groups.membership_variant,
    import_groups.item_id as good_id,
    import_groups.year, import_groups.imports_usd, import_groups.concern_share,
    import_groups.concern_share_low, import_groups.concern_share_high,
    import_groups.member_share_low, import_groups.coverage_share, import_groups.missing_reason,
    import_groups.source_ids, import_groups.known_from_date, import_groups.lineage_id,
    import_groups.edition as source_edition_max,
    grades.quality_grade,
    concentrations.top1_id as top_supplier_id,
    concentrations.top1_share as top_supplier_share,
    concentrations.hhi as supplier_hhi
from import_groups
left join concentrations
    on
        import_groups.entity_id = concentrations.entity_id
        and import_groups.netting = concentrations.netting
        and import_groups.membership_variant = concentrations.membership_variant
        and import_groups.item_id = concentrations.item_id
        and import_groups.stage_id = concentrations.stage_id
        and import_groups.period_type = concentrations.period_type
        and import_groups.period_start_date = concentrations.period_start_date
        and concentrations.is_preferred
left join grades
    on import_groups.quality_flags = grades.quality_flags
