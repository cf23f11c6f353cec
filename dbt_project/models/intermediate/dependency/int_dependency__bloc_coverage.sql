-- One row per bloc, membership variant, source, edition and period: how many members there are
-- and how many of them report imports in that source.
with

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

import_flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

reporters as (

    select distinct
        source_id, edition, period_type, period_start_date, period_end_date, importer_id
    from import_flows

),

source_periods as (

    select distinct
        source_id, edition, period_type, period_start_date, period_end_date
    from reporters

)

select
    members.bloc_id, members.membership_variant, source_periods.source_id, source_periods.edition,
    source_periods.period_type, source_periods.period_start_date, source_periods.period_end_date,
    cast(count(members.country_id) as integer) as n_members,
    cast(count(reporters.importer_id) as integer) as n_members_reporting
from source_periods
inner join members
    on source_periods.period_end_date = members.period_end_date
left join reporters
    on
        source_periods.source_id = reporters.source_id
        and source_periods.edition = reporters.edition
        and source_periods.period_type = reporters.period_type
        and source_periods.period_start_date = reporters.period_start_date
        and members.country_id = reporters.importer_id
group by
    members.bloc_id, members.membership_variant, source_periods.source_id, source_periods.edition,
    source_periods.period_type, source_periods.period_start_date, source_periods.period_end_date
