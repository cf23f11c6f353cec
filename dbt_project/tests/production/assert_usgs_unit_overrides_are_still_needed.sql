-- An override whose printed unit no landed cell of its edition has any more: the publisher has
-- fixed it, the row of unit_overrides.csv can go.
{{ config(severity = 'warn') }}

with

landed as (

    select distinct
        'world' as table_name,
        edition, commodity_key, statistic,
        coalesce(lower(unit_text), '') as printed_unit
    from {{ source_as_known('usgs_mcs', 'world') }}
    union all
    select distinct
        'salient' as table_name,
        edition, commodity_key, statistic,
        coalesce(lower(unit_text), '') as printed_unit
    from {{ source_as_known('usgs_mcs', 'salient') }}

),

editions as (

    select distinct
        table_name, edition
    from landed

)

select overrides.*
from {{ seed_as_known(ref('unit_overrides')) }} as overrides
inner join editions
    on
        overrides.table_name = editions.table_name
        and overrides.edition = editions.edition
left join landed
    on
        overrides.table_name = landed.table_name
        and overrides.edition = landed.edition
        and overrides.commodity_key = landed.commodity_key
        and overrides.statistic = landed.statistic
        and coalesce(overrides.printed_unit, '') = landed.printed_unit
where landed.edition is null
