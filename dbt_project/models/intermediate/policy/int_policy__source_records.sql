with

records as (

    select * from {{ ref('stg_us_federal_register__records') }}
    union all by name
    select * from {{ ref('stg_global_trade_alert__records') }}
    union all by name
    select * from {{ ref('stg_policy_tracker__records') }}

),

labels as (

    {{ split_list(
        'records', ['source_id', 'record_id', 'label_system'], 'measure_labels', 'label'
    ) }}

),

measures as (

    select
        labels.source_id, labels.record_id,
        {{ listagg_distinct('types.measure_type', '|') }} as measure_types,
        {{ listagg_distinct('types.type_group', '|') }} as type_groups
    from labels
    inner join {{ ref('stg_reference__policy_measure_labels') }} as types
        on labels.label_system = types.label_system and labels.label = types.label
    group by labels.source_id, labels.record_id

),

-- official text before a structured tracker
ranks (source_id, source_rank) as (

    values ('us_federal_register', 1), ('global_trade_alert', 3), ('policy_tracker', 3)

)

select
    records.*,
    records.source_id || ':' || records.record_id as record_key,
    ranks.source_rank, measures.measure_types, measures.type_groups
from records
inner join ranks on records.source_id = ranks.source_id
left join measures
    on records.source_id = measures.source_id and records.record_id = measures.record_id
