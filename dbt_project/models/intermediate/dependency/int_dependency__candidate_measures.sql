-- One row per bloc, candidate variant, item and period: the bloc's imports if the candidate had
-- joined. Built from the bloc of today: the candidate leaves the suppliers and brings its imports.
-- noqa: disable=ST07
with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

flows as (

    select * from {{ ref('int_dependency__entity_flows') }}
    where not is_reimport

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

candidates as (

    select distinct
        bloc_id, membership_variant,
        country_id as candidate_id
    from members
    where membership_variant = concat('candidate:', country_id)

),

described as (

    select
        flows.* exclude (value_usd),
        sources.bloc_id,
        -- the bloc's values are on its basis already; a candidate's may be on another
        case
            when flows.flow_basis = sources.flow_basis or flows.entity_id = sources.bloc_id
                then flows.value_usd
            else round(flows.value_usd * factors.to_fob_point)
        end as value_usd
    from flows
    inner join sources
        using (item_kind, item_id, stage_id, period_type, period_start_date)
    inner join {{ ref('stg_reference__basis_factors') }} as factors
        on flows.flow_basis = factors.flow_basis

),

joined as (

    select
        candidates.bloc_id, candidates.membership_variant, described.item_kind, described.item_id,
        described.stage_id, described.period_type, described.period_start_date,
        described.supplier_id, described.value_usd, described.is_concern,
        described.is_partly_member, described.is_unallocated,
        described.netting = 'extra' and described.supplier_id <> candidates.candidate_id
            as is_extra,
        described.netting = 'gross' as is_gross
    from described
    inner join candidates
        on
            described.bloc_id = candidates.bloc_id
            and described.entity_id = candidates.bloc_id
    where described.membership_variant = 'as_of_today'

    union all

    select
        candidates.bloc_id, candidates.membership_variant, described.item_kind, described.item_id,
        described.stage_id, described.period_type, described.period_start_date,
        described.supplier_id, described.value_usd, described.is_concern,
        described.is_partly_member, described.is_unallocated,
        not coalesce(described.is_member, false) as is_extra,
        true as is_gross
    from described
    inner join candidates
        on
            described.bloc_id = candidates.bloc_id
            and described.entity_id = candidates.candidate_id

),

by_supplier as (

    select
        bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
        supplier_id,
        bool_or(is_concern) as is_concern,
        bool_or(is_partly_member) as is_partly_member,
        bool_or(is_unallocated) as is_unallocated,
        sum(case when is_extra then value_usd else 0 end) as extra_usd,
        sum(case when is_gross then value_usd else 0 end) as gross_usd
    from joined
    group by
        bloc_id, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date, supplier_id

),

shared as (

    select
        by_supplier.*,
        extra_usd / nullif(sum(extra_usd) over (
            partition by
                bloc_id, membership_variant, item_kind, item_id, stage_id, period_type,
                period_start_date
        ), 0) as extra_share
    from by_supplier

)

select
    bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date,
    sum(extra_usd) as extra_usd,
    sum(case when is_partly_member then 0 else extra_usd end) as extra_low_usd,
    sum(gross_usd) as gross_usd,
    sum(case when is_unallocated then extra_usd else 0 end) / nullif(sum(extra_usd), 0)
        as unmapped_share,
    case
        when count(is_concern) > 0 and sum(extra_usd) > 0
            then sum(case when is_concern then extra_usd else 0 end) / sum(extra_usd)
    end as concern_share,
    {{ order_independent_sum('extra_share * extra_share') }} as supplier_hhi
from shared
group by
    bloc_id, membership_variant, item_kind, item_id, stage_id, period_type, period_start_date
