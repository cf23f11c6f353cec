with

declared (
    mart, column_position, column_name, data_type, description, mart_description, question,
    declared_null_meaning, is_never_null
) as (

    values
    {{ mart_column_rows() }}

),

inputs as (

    select
        mart,
        {{ listagg_distinct('source_id', ', ') }} as inputs
    from {{ ref('int_quality__mart_inputs') }}
    group by mart

)

select
    cast(declared.mart as varchar) as mart,
    cast(declared.column_position as integer) as column_position,
    cast(declared.column_name as varchar) as column_name,
    lower(cast(declared.data_type as varchar)) as data_type,
    cast(declared.description as varchar) as description,
    cast(declared.mart_description as varchar) as mart_description,
    cast(declared.question as varchar) as question,
    nullif(cast(declared.declared_null_meaning as varchar), '') as declared_null_meaning,
    cast(declared.is_never_null as boolean) as is_never_null,
    coalesce(inputs.inputs, '') as inputs
from declared
left join inputs on declared.mart = inputs.mart
where declared.mart is not null
