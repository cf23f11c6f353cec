with

gaps as (

    select * from {{ ref('pipeline_gap').include(database=false) }}
    where pipeline_case = 'base'

)

select
    members.country_id,
    members.country_name as country,
    gaps.item_kind, gaps.item_id,
    items.item_name as item,
    gaps.stage_id,
    stages.stage_name as stage,
    gaps.year, gaps.imports_from_concern_t,
    gaps.base_year as imports_year,
    gaps.pipeline_t_weighted as expected_new_capacity_t,
    gaps.gap_t, gaps.gap_share, gaps.n_projects,
    gaps.project_ids as projects,
    gaps.first_year_closed,
    gaps.weight_coverage_share as weighed_share,
    gaps.missing_reason as why_no_gap,
    gaps.source_id as sources,
    gaps.edition, gaps.lineage_id
from gaps
inner join {{ ref('dim_country').include(database=false) }} as members
    on
        gaps.entity_id = members.country_id
        and members.party_status = 'signatory'
        and members.country_kind <> 'institution'
inner join {{ ref('dim_item').include(database=false) }} as items
    on gaps.item_kind = items.item_kind and gaps.item_id = items.item_id
inner join {{ ref('dim_stage').include(database=false) }} as stages
    on gaps.stage_id = stages.stage_id
