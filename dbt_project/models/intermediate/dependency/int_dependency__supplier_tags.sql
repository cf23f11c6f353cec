-- One row per membership variant, period end and supplier: member of the partnership, of concern,
-- without a country. 'none' looks at the members of today, as an importer that is no bloc does.
{{ config(tags=['spark']) }}

with

import_flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

reconciled as (

    select * from {{ ref('fct_trade_reconciled') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where bloc_id = 'BLOC:PAX_SILICA'

),

memberships as (

    select * from {{ ref('bridge_bloc_membership') }}

),

concern_lists as (

    select * from {{ ref('dim_concern_list') }}
    where is_headline

),

concern_members as (

    select * from {{ ref('bridge_concern_member') }}

),

production as (

    select * from {{ ref('production_share') }}

),

suppliers as (

    select exporter_id as supplier_id from import_flows
    union
    select exporter_id as supplier_id from reconciled
    union
    select country_id as supplier_id from production

),

variants as (

    select
        'none' as membership_variant,
        'as_of_today' as member_variant
    union all
    select
        'as_of_today' as membership_variant,
        'as_of_today' as member_variant
    union all
    select
        'as_of_period' as membership_variant,
        'as_of_period' as member_variant

),

periods as (

    select * from {{ ref('int_dependency__periods') }}

),

-- before a list existed its first composition is used instead, flagged
headline_list as (

    select
        concern_members.list_id,
        min(concern_members.valid_from) as first_valid_from
    from concern_members
    inner join concern_lists
        on concern_members.list_id = concern_lists.list_id
    group by concern_members.list_id

),

list_days as (

    select
        periods.period_end_date, headline_list.list_id,
        greatest(periods.period_end_date, headline_list.first_valid_from) as list_date,
        periods.period_end_date < headline_list.first_valid_from as is_retroactive
    from periods
    cross join headline_list

),

concern as (

    select
        list_days.period_end_date, concern_members.country_id,
        min(list_days.list_id) as list_id
    from list_days
    inner join concern_members
        on
            list_days.list_id = concern_members.list_id
            and {{ valid_on('concern_members', 'list_days.list_date') }}
    group by list_days.period_end_date, concern_members.country_id

),

listed_periods as (

    select
        period_end_date,
        bool_or(is_retroactive) as is_retroactive
    from list_days
    group by period_end_date

),

-- a declared block of which at least one country is a member of the partnership
mixed_blocks as (

    select distinct
        members.membership_variant, members.period_end_date,
        memberships.bloc_id as supplier_id
    from members
    inner join memberships
        on members.country_id = memberships.country_id
    where memberships.bloc_id like 'GROUP:%'

)

select
    variants.membership_variant, periods.period_end_date, suppliers.supplier_id,
    suppliers.supplier_id in ('NES', 'SPECIAL', 'UNMAPPED') as is_unallocated,
    suppliers.supplier_id like 'GROUP:%' as is_group,
    mixed_blocks.supplier_id is not null as is_partly_member,
    case
        when mixed_blocks.supplier_id is not null then null
        when suppliers.supplier_id in ('NES', 'SPECIAL', 'UNMAPPED') then null
        else members.country_id is not null
    end as is_member,
    case
        when listed_periods.period_end_date is null then null
        when suppliers.supplier_id in ('NES', 'SPECIAL', 'UNMAPPED') then null
        else concern.country_id is not null
    end as is_concern,
    concern.list_id as concern_list_id,
    coalesce(listed_periods.is_retroactive, false) as is_concern_retroactive
from suppliers
cross join periods
cross join variants
left join members
    on
        variants.member_variant = members.membership_variant
        and periods.period_end_date = members.period_end_date
        and suppliers.supplier_id = members.country_id
left join mixed_blocks
    on
        variants.member_variant = mixed_blocks.membership_variant
        and periods.period_end_date = mixed_blocks.period_end_date
        and suppliers.supplier_id = mixed_blocks.supplier_id
left join concern
    on
        periods.period_end_date = concern.period_end_date
        and suppliers.supplier_id = concern.country_id
left join listed_periods
    on periods.period_end_date = listed_periods.period_end_date
