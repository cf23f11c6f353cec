-- The bloc's imports from outside are its members' imports from suppliers that are not members (M4).
-- noqa: disable=ST07
with

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

bloc as (

    select
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis,
        sum(value_usd) as value_usd
    from {{ ref('supplier_share') }}
    where
        entity_id = 'BLOC:PAX_SILICA'
        and netting = 'extra'
        and membership_variant = 'as_of_today'
    group by
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis

),

countries as (

    select
        shares.source_id, shares.edition, shares.item_kind, shares.item_id, shares.stage_id,
        shares.period_type, shares.period_start_date, shares.flow_basis,
        sum(shares.value_usd) as value_usd
    from {{ ref('supplier_share') }} as shares
    inner join members
        on
            shares.entity_id = members.country_id
            and shares.period_end_date = members.period_end_date
    where
        shares.membership_variant = 'none'
        and not shares.is_reimport
        and not coalesce(shares.is_member_supplier, false)
    group by
        shares.source_id, shares.edition, shares.item_kind, shares.item_id, shares.stage_id,
        shares.period_type, shares.period_start_date, shares.flow_basis

)

select
    bloc.*,
    countries.value_usd as members_value_usd
from bloc
left join countries
    using (
        source_id, edition, item_kind, item_id, stage_id, period_type, period_start_date,
        flow_basis
    )
where abs(bloc.value_usd - coalesce(countries.value_usd, 0)) > 0.5
