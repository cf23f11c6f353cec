-- noqa: disable=LT02
with

records as (

    select * from {{ ref('int_policy__source_records') }}

),

matches as (

    select * from {{ ref('int_policy__source_matches') }}

),

-- an act of which one record has found its event is in the register
pending as (

    select
        records.*,
        matches.act_group_id, matches.match_rule, matches.match_score, matches.nearest_event_id,
        row_number() over (
            partition by matches.act_group_id
            order by records.source_rank, records.known_from_date, records.record_key
        ) as place
    from records
    inner join matches on records.record_key = matches.record_key
    where
        matches.event_id is null
        and records.correction_of_id is null

),

grouped as (

    select
        act_group_id,
        count(*) as n_records,
        {{ listagg_distinct('source_id', '|') }} as source_ids,
        {{ listagg_distinct('source_url', ' ') }} as source_urls,
        min(announced_date) as announced_date,
        min(effective_date) as effective_date,
        max(match_score) as nearest_score,
        max(nearest_event_id) as nearest_event_id,
        {{ listagg_distinct(lineage_part('source_id', 'edition'), '+') }} as lineage_id,
        min(known_from_date) as known_from_date
    from pending
    group by act_group_id

)

select
    cast(grouped.act_group_id as varchar) as act_group_id,
    cast(
        case
            when pending.is_proposal then 4
            when pending.measure_types like '%export%' then 1
            when pending.type_groups in ('import_measure', 'entity_listing', 'investment_rule')
                or pending.type_groups like '%technology_control%' then 2
            when pending.measure_types is null then 5
            else 3
        end as integer
    ) as priority,
    cast(pending.title as varchar) as title,
    cast(pending.issuer_ids as varchar) as issuer_ids,
    cast(pending.target_ids as varchar) as target_ids,
    cast(pending.measure_types as varchar) as measure_types,
    cast(pending.item_labels as varchar) as item_labels,
    cast(grouped.announced_date as date) as announced_date,
    cast(pending.announced_precision as varchar) as announced_precision,
    cast(grouped.effective_date as date) as effective_date,
    cast(pending.instrument_refs as varchar) as instrument_refs,
    cast(pending.is_proposal as boolean) as is_proposal,
    cast(grouped.n_records as integer) as n_records,
    cast(grouped.source_ids as varchar) as source_ids,
    cast(grouped.source_urls as varchar) as source_urls,
    cast(grouped.nearest_event_id as varchar) as nearest_event_id,
    cast(grouped.nearest_score as double) as nearest_score,
    cast(grouped.known_from_date as date) as known_from_date,
    cast(grouped.lineage_id as varchar) as lineage_id
from grouped
inner join pending on grouped.act_group_id = pending.act_group_id and pending.place = 1
order by act_group_id nulls last
