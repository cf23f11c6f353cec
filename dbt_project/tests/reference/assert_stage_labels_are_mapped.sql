-- Every stage label that a seed uses is decided in stage_labels: mapped to a stage, or to none
-- with a note of the reason.
with

used as (

    select
        'hs_items' as source_id,
        stage_label as label
    from {{ ref('stg_reference__hs_items') }}
    union
    select
        'goods' as source_id,
        stage_label as label
    from {{ ref('stg_reference__goods') }}
    union
    select
        'minerals' as source_id,
        headline_stage_label as label
    from {{ ref('stg_reference__minerals') }}
    union
    select
        'infrastructure_projects' as source_id,
        stage_label as label
    from {{ ref('stg_registers__infrastructure_projects') }}
    union
    select
        'mofcom_reference_codes' as source_id,
        item as label
    from {{ ref('stg_registers__mofcom_reference_codes') }}

),

decided as (

    select distinct
        source_id, label
    from {{ ref('stg_reference__stage_labels') }}
    where stage_id is not null or note is not null

),

known_stages as (

    select stage_id from {{ ref('stg_reference__stages') }}

)

select
    used.source_id, used.label,
    'no row in stage_labels' as problem
from used
left join decided on used.source_id = decided.source_id and used.label = decided.label
where decided.label is null

union all

select
    labels.source_id, labels.label,
    'names no stage: ' || labels.stage_id as problem
from {{ ref('stg_reference__stage_labels') }} as labels
left join known_stages on labels.stage_id = known_stages.stage_id
where labels.stage_id is not null and known_stages.stage_id is null

union all

select
    'usgs_series' as source_id,
    series.type_key as label,
    'names no stage: ' || series.stage_id as problem
from {{ ref('usgs_series') }} as series
left join known_stages on series.stage_id = known_stages.stage_id
where series.stage_id is not null and known_stages.stage_id is null
