-- The bloc's imports from outside are its members' imports from suppliers that are not members (M4),
-- brought to the bloc's basis where members are on several.
-- noqa: disable=ST07
with

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

bloc as (

    select
        item_kind, item_id, stage_id, period_type, period_start_date,
        max(bases) as bases,
        count(*) as n_suppliers,
        sum(value_usd) as value_usd
    from {{ ref('supplier_share') }}
    where
        entity_id = 'BLOC:PAX_SILICA'
        and netting = 'extra'
        and membership_variant = 'as_of_today'
    group by item_kind, item_id, stage_id, period_type, period_start_date

),

countries as (

    select
        shares.item_kind, shares.item_id, shares.stage_id, shares.period_type,
        shares.period_start_date,
        sum(shares.value_usd) as value_usd,
        sum(shares.value_usd * factors.to_fob_point) as fob_usd
    from {{ ref('supplier_share') }} as shares
    inner join {{ ref('stg_reference__basis_factors') }} as factors
        on shares.flow_basis = factors.flow_basis
    inner join members
        on
            shares.entity_id = members.country_id
            and shares.period_end_date = members.period_end_date
    where
        shares.membership_variant = 'none'
        and not shares.is_reimport
        and not coalesce(shares.is_member_supplier, false)
    group by
        shares.item_kind, shares.item_id, shares.stage_id, shares.period_type,
        shares.period_start_date

)

select
    bloc.*,
    countries.value_usd as members_value_usd,
    countries.fob_usd as members_fob_usd
from bloc
left join countries
    using (item_kind, item_id, stage_id, period_type, period_start_date)
-- a dollar of rounding per flow
where
    abs(bloc.value_usd - case
        when strpos(bloc.bases, '|') > 0 then coalesce(countries.fob_usd, 0)
        else coalesce(countries.value_usd, 0)
    end) > case when strpos(bloc.bases, '|') > 0 then 25 * bloc.n_suppliers else 0.5 end
