-- One row per edition, node, provider and year of the chip supply chain dataset: the share of the
-- world market, whose it is, and whether the country is of concern at the year's end or a partner
-- today. Joint figures (Europe, various countries) have no country of their own.
with

provision as (

    select * from {{ ref('stg_eto_chip_explorer__provision') }}

),

providers as (

    select * from {{ ref('stg_eto_chip_explorer__providers') }}

),

countries as (

    select country_id from {{ ref('dim_country') }}
    where length(country_id) = 3 and country_id not in ('NES', 'WLD', 'ROW', 'ALL')

),

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

-- before a list existed its first composition is used instead, as for trade
concern as (

    select
        members.country_id, years.year,
        min(members.list_id) as concern_list_id
    from (select distinct year from provision) as years
    inner join {{ ref('dim_concern_list') }} as lists
        on lists.is_headline
    inner join {{ ref('bridge_concern_member') }} as members
        on
            lists.list_id = members.list_id
            and {{ valid_on(
                'members',
                "greatest(cast(concat(cast(years.year as varchar), '-12-31') as date), lists.valid_from)"
            ) }}
    group by members.country_id, years.year

),

has_list as (

    select count(*) > 0 as is_known from {{ ref('dim_concern_list') }}
    where is_headline

),

partners as (

    select distinct memberships.country_id
    from {{ ref('bridge_bloc_membership') }} as memberships
    inner join parameters
        on
            {{ known_on('memberships', 'parameters.as_known_on') }}
            and {{ valid_on('memberships', 'parameters.as_of_date') }}
    where
        memberships.bloc_id = 'BLOC:PAX_SILICA'
        and memberships.membership_type = 'signatory'
        and memberships.party_kind = 'country'

),

located as (

    select
        provision.source_id, provision.edition, provision.node_id, provision.year,
        provision.provider_id, providers.provider_name, providers.provider_kind,
        provision.market_share, provision.value_status, provision.known_from_date,
        case
            when providers.provider_kind = 'country'
                then coalesce(own.country_id, 'NES')
            else coalesce(seat.country_id, 'UNMAPPED')
        end as country_id
    from provision
    inner join providers
        on
            provision.edition = providers.edition
            and provision.provider_id = providers.provider_id
    left join countries as own
        on providers.provider_name = own.country_id
    left join countries as seat
        on providers.country_text = seat.country_id

)

select
    located.*,
    case
        when located.country_id in ('NES', 'UNMAPPED') or not has_list.is_known then null
        else concern.country_id is not null
    end as is_concern,
    case
        when located.country_id in ('NES', 'UNMAPPED') then null
        else partners.country_id is not null
    end as is_member,
    concern.concern_list_id,
    located.edition = max(located.edition) over () as is_latest_edition,
    {{ lineage_part('located.source_id', 'located.edition') }} as lineage_id
from located
cross join has_list
left join concern
    on located.country_id = concern.country_id and located.year = concern.year
left join partners
    on located.country_id = partners.country_id
