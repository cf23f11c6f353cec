with

records as (

    select * from {{ ref('int_policy__source_records') }}

),

matches as (

    select * from {{ ref('int_policy__source_matches') }}

),

quarantined as (

    select
        record_key,
        count(*) as n_quarantined_codes
    from {{ ref('int_policy__source_products') }}
    where code_status = 'quarantined'
    group by record_key

),

matched_records as (

    select
        records.*,
        matches.event_id, matches.act_group_id, matches.match_rule, matches.match_score,
        matches.days_apart, matches.n_candidate_events,
        coalesce(quarantined.n_quarantined_codes, 0) as n_quarantined_codes,
        -- the better source first, then the earlier one
        row_number() over (
            partition by matches.act_group_id
            order by records.source_rank, records.known_from_date, records.record_key
        ) as place
    from records
    inner join matches on records.record_key = matches.record_key
    left join quarantined on records.record_key = quarantined.record_key

),

-- field by field: the best source with a value
firsts as (

    select
        *,
        min(case when announced_precision = 'day' then place end)
            over (partition by act_group_id)
            as first_announced_date,
        min(case when effective_precision = 'day' then place end)
            over (partition by act_group_id)
            as first_effective_date,
        min(case when end_date is not null then place end)
            over (partition by act_group_id)
            as first_end_date,
        min(case when target_ids is not null then place end)
            over (partition by act_group_id)
            as first_target_ids,
        min(case when item_labels is not null then place end)
            over (partition by act_group_id)
            as first_item_labels,
        min(case when measure_types is not null then place end)
            over (partition by act_group_id)
            as first_measure_types
    from matched_records

)

select
    cast(source_id as varchar) as source_id,
    cast(record_id as varchar) as record_id,
    cast(edition as varchar) as edition,
    cast(event_id as varchar) as event_id,
    cast(act_group_id as varchar) as act_group_id,
    cast(match_rule as varchar) as match_rule,
    cast(match_score as double) as match_score,
    cast(days_apart as integer) as days_apart,
    cast(n_candidate_events as integer) as n_candidate_events,
    cast(count(*) over (partition by act_group_id) as integer) as n_records_of_act,
    cast(source_rank as integer) as source_rank,
    cast(
        nullif({{ flag_list({
            'announced_date': 'first_announced_date = place',
            'effective_date': 'first_effective_date = place',
            'end_date': 'first_end_date = place',
            'target_ids': 'first_target_ids = place',
            'item_labels': 'first_item_labels = place',
            'measure_types': 'first_measure_types = place',
        }) }}, '') as varchar
    ) as preferred_for_fields,
    cast(measure_types as varchar) as measure_types,
    cast(issuer_ids as varchar) as issuer_ids,
    cast(target_ids as varchar) as target_ids,
    cast(item_labels as varchar) as item_labels,
    cast(announced_date as date) as announced_date,
    cast(announced_precision as varchar) as announced_precision,
    cast(effective_date as date) as effective_date,
    cast(effective_precision as varchar) as effective_precision,
    cast(end_date as date) as end_date,
    cast(is_proposal as boolean) as is_proposal,
    cast(correction_of_id as varchar) as correction_of_id,
    cast(n_quarantined_codes as integer) as n_quarantined_codes,
    cast(title as varchar) as title,
    cast(source_url as varchar) as source_url,
    cast(known_from_date as date) as known_from_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from firsts
order by source_id nulls last, record_id nulls last
