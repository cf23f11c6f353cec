with

declared (
    mart, column_position, column_name, data_type, description, mart_description, question,
    declared_null_meaning, is_never_null, inputs
) as (

    values
    {{ mart_column_rows() }}

)

select
    cast(mart as varchar) as mart,
    cast(column_position as integer) as column_position,
    cast(column_name as varchar) as column_name,
    lower(cast(data_type as varchar)) as data_type,
    cast(description as varchar) as description,
    cast(mart_description as varchar) as mart_description,
    cast(question as varchar) as question,
    nullif(cast(declared_null_meaning as varchar), '') as declared_null_meaning,
    cast(is_never_null as boolean) as is_never_null,
    cast(inputs as varchar) as inputs
from declared
where mart is not null
