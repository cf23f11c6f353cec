with

columns_of_marts as (

    select * from {{ ref('int_quality__mart_columns') }}

),

affixes as (

    select * from {{ ref('int_quality__unit_affixes') }}

),

matches as (

    select
        columns_of_marts.mart, columns_of_marts.column_name, affixes.unit,
        row_number() over (
            partition by columns_of_marts.mart, columns_of_marts.column_name
            order by length(affixes.affix) desc, affixes.match_kind, affixes.affix
        ) as nearness
    from columns_of_marts
    inner join affixes
        on
            (affixes.match_kind = 'name' and columns_of_marts.column_name = affixes.affix)
            or (
                affixes.match_kind = 'suffix'
                and right(columns_of_marts.column_name, length(affixes.affix)) = affixes.affix
            )
            or (
                affixes.match_kind = 'prefix'
                and left(columns_of_marts.column_name, length(affixes.affix)) = affixes.affix
            )

),

units as (

    select mart, column_name, unit
    from matches
    where nearness = 1

)

select
    cast(columns_of_marts.mart as varchar) as mart,
    cast(columns_of_marts.column_position as integer) as column_position,
    cast(columns_of_marts.column_name as varchar) as column_name,
    cast(columns_of_marts.data_type as varchar) as data_type,
    cast(coalesce(
        units.unit,
        case
            when columns_of_marts.data_type like 'varchar%' then 'text'
            when columns_of_marts.data_type = 'boolean' then 'true or false'
            when columns_of_marts.data_type = 'date' then 'date'
            else 'see description'
        end
    ) as varchar) as unit,
    cast(columns_of_marts.description as varchar) as description,
    cast(coalesce(
        columns_of_marts.declared_null_meaning,
        case
            when columns_of_marts.is_never_null then 'never null'
            else 'unknown or not applicable; never zero'
        end
    ) as varchar) as null_meaning,
    cast(case
        when strpos(columns_of_marts.mart_description, '. ') > 0
            then left(
                columns_of_marts.mart_description,
                strpos(columns_of_marts.mart_description, '. ')
            )
        else columns_of_marts.mart_description
    end as varchar) as grain,
    cast(columns_of_marts.question as varchar) as question,
    cast(columns_of_marts.inputs as varchar) as sources
from columns_of_marts
left join units
    on
        columns_of_marts.mart = units.mart
        and columns_of_marts.column_name = units.column_name
