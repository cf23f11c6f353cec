-- One row per bloc, membership variant, item and period: which member's imports from outside the
-- bloc come most from countries of concern, and how far apart the members are.
-- noqa: disable=ST07
{{ config(tags=['spark']) }}

with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

item_flows as (

    select * from {{ ref('int_trade__item_flows') }}
    where not is_reimport

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

tags as (

    select * from {{ ref('int_dependency__supplier_tags') }}

),

measured as (

    select
        entity_id as importer_id,
        item_kind, item_id, stage_id, period_type, period_start_date
    from {{ ref('int_dependency__import_groups') }}
    where membership_variant = 'none' and has_shares

),

described as (

    select
        flows.*,
        sources.bloc_id, sources.period_end_date
    from item_flows as flows
    inner join sources
        using (item_kind, item_id, stage_id, period_type, period_start_date)
    -- a member of which too little is measured is neither the most nor the least exposed
    inner join measured
        using (importer_id, item_kind, item_id, stage_id, period_type, period_start_date)

),

today_extra as (

    select
        described.bloc_id, described.item_kind, described.item_id, described.stage_id,
        described.period_type, described.period_start_date, described.period_end_date,
        described.importer_id,
        sum(described.value_usd) as extra_usd,
        sum(case when tags.is_concern then described.value_usd else 0 end) as concern_usd,
        count(tags.is_concern) as n_classified
    from described
    inner join tags
        on
            tags.membership_variant = 'as_of_today'
            and described.period_end_date = tags.period_end_date
            and described.exporter_id = tags.supplier_id
    where not coalesce(tags.is_member, false)
    group by
        described.bloc_id, described.item_kind, described.item_id, described.stage_id,
        described.period_type, described.period_start_date, described.period_end_date,
        described.importer_id

),

-- a candidate's joining takes its own exports out of each member's outside suppliers
candidate_sales as (

    select
        described.bloc_id,
        concat('candidate:', described.exporter_id) as membership_variant,
        described.item_kind, described.item_id, described.stage_id, described.period_type,
        described.period_start_date, described.importer_id, described.value_usd,
        coalesce(tags.is_concern, false) as is_concern
    from described
    inner join tags
        on
            tags.membership_variant = 'as_of_today'
            and described.period_end_date = tags.period_end_date
            and described.exporter_id = tags.supplier_id
    where not coalesce(tags.is_member, false)

),

fixed_basket as (

    select
        members.membership_variant,
        extra.*,
        extra.extra_usd - coalesce(sales.value_usd, 0) as outside_usd,
        extra.concern_usd
        - case when sales.is_concern then sales.value_usd else 0 end as outside_concern_usd
    from today_extra as extra
    inner join members
        on
            extra.bloc_id = members.bloc_id
            and extra.period_end_date = members.period_end_date
            and extra.importer_id = members.country_id
            and members.is_fixed_basket
    left join candidate_sales as sales
        on
            extra.bloc_id = sales.bloc_id
            and members.membership_variant = sales.membership_variant
            and extra.item_kind = sales.item_kind
            and extra.item_id = sales.item_id
            and extra.stage_id = sales.stage_id
            and extra.period_type = sales.period_type
            and extra.period_start_date = sales.period_start_date
            and extra.importer_id = sales.importer_id

),

as_of_period as (

    select
        described.bloc_id, members.membership_variant, described.item_kind, described.item_id,
        described.stage_id, described.period_type, described.period_start_date,
        described.importer_id,
        sum(described.value_usd) as outside_usd,
        sum(case when tags.is_concern then described.value_usd else 0 end)
            as outside_concern_usd,
        count(tags.is_concern) as n_classified
    from described
    inner join members
        on
            members.membership_variant = 'as_of_period'
            and described.bloc_id = members.bloc_id
            and described.period_end_date = members.period_end_date
            and described.importer_id = members.country_id
    inner join tags
        on
            members.membership_variant = tags.membership_variant
            and described.period_end_date = tags.period_end_date
            and described.exporter_id = tags.supplier_id
    where not coalesce(tags.is_member, false)
    group by
        described.bloc_id, members.membership_variant, described.item_kind,
        described.item_id, described.stage_id, described.period_type,
        described.period_start_date, described.importer_id

),

exposures as (

    select
        bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
        importer_id, outside_usd, outside_concern_usd
    from fixed_basket
    where outside_usd > 0 and n_classified > 0
    union all
    select
        bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
        importer_id, outside_usd, outside_concern_usd
    from as_of_period
    where outside_usd > 0 and n_classified > 0

),

ranked as (

    select
        exposures.*,
        outside_concern_usd / outside_usd as concern_share,
        row_number() over (
            partition by
                bloc_id, membership_variant, item_kind, item_id, stage_id, period_type,
                period_start_date
            order by
                outside_concern_usd / outside_usd desc nulls last,
                outside_usd desc, importer_id asc
        ) as place
    from exposures

)

select
    bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
    max(case when place = 1 then importer_id end) as most_exposed_member_id,
    max(concern_share) as most_exposed_share,
    (max(concern_share) - min(concern_share)) * 100 as dispersion_pp
from ranked
group by
    bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date
