with

countries as (

    select * from {{ ref('stg_reference__countries') }}

),

overrides as (

    select * from {{ ref('stg_reference__country_codes') }}

),

aliases as (

    select * from {{ ref('stg_reference__country_aliases') }}

),

kinds as (

    select
        country_id, iso2, m49, comtrade_code,
        case
            when country_kind in ('country', 'territory') then 'country'
            when country_kind = 'historical' then 'historical'
            when country_id in ('NES', 'SPECIAL', 'UNMAPPED') then 'special'
            else 'group'
        end as code_kind,
        country_kind in ('reserved', 'institution') as is_local_id
    from countries

),

systems as (

    select
        listed.code_system, listed.follows
    from (
        values
        ('iso3', 'id'),
        ('baci_iso3', 'id'),
        ('comtrade_iso3', 'id'),
        ('wgi', 'id'),
        ('cepii_geodist', 'id'),
        ('hmrc', 'id'),
        ('iso2', 'iso2'),
        ('eurostat', 'iso2'),
        ('hmrc', 'iso2'),
        ('m49', 'm49'),
        ('comtrade', 'comtrade_code'),
        ('baci_numeric', 'comtrade_code'),
        ('iso2', 'local_id'),
        ('eurostat', 'local_id'),
        ('baci_numeric', 'local_id'),
        ('comtrade', 'local_id'),
        ('us_census', 'local_id')
    ) as listed (code_system, follows)

),

by_column as (

    select
        systems.code_system,
        case systems.follows
            when 'id' then kinds.country_id
            when 'iso2' then case when kinds.code_kind = 'country' then kinds.iso2 end
            when 'm49' then kinds.m49
            when 'comtrade_code' then kinds.comtrade_code
            when 'local_id' then case when kinds.is_local_id then kinds.country_id end
        end as code,
        kinds.country_id, kinds.code_kind,
        cast(null as varchar) as note,
        -- a number that a historical state shares with its successor means the successor
        case kinds.code_kind when 'historical' then 3 else 2 end as priority
    from kinds
    cross join systems

),

by_decision as (

    select
        code_system, code, country_id, code_kind, note,
        1 as priority
    from overrides

),

by_name as (

    select
        case source_id
            when 'common' then 'name'
            when 'comtrade' then 'comtrade_name'
            else source_id
        end as code_system,
        source_name as code,
        country_id, code_kind, note,
        1 as priority
    from aliases

),

candidates as (

    select * from by_column where code is not null
    union all
    select * from by_decision
    union all
    select * from by_name

),

ranked as (

    select
        *,
        row_number() over (
            partition by code_system, code order by priority, country_id
        ) as place
    from candidates

)

select
    code_system, code, country_id, code_kind, note
from ranked
where place = 1
