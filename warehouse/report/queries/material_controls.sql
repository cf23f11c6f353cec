-- Restrictive clauses on each material that are announced, in force, suspended or of unknown state.
with

countries as (

    select distinct members.country_id
    from marts.bridge_concern_member as members
    inner join marts.dim_concern_list as lists
        on members.list_id = lists.list_id and lists.is_headline
    where members.valid_to is null

)

select distinct
    materials.item_id as key, timeline.title as label, timeline.issuer_id,
    countries.country_id is not null as is_country_of_concern, timeline.state,
    timeline.instrument, timeline.targets_text, timeline.start_date, timeline.next_state,
    timeline.next_change_date, timeline.confidence
from marts.policy_timeline as timeline
inner join marts.bridge_clause_material as materials
    on timeline.clause_id = materials.clause_id
left join countries
    on timeline.issuer_id = countries.country_id
where
    timeline.is_current and timeline.is_counted and timeline.direction = 'restrictive'
    and materials.item_kind = 'material'
    and timeline.state in ('announced', 'active', 'suspended', 'unknown')
order by key, timeline.start_date desc, label
