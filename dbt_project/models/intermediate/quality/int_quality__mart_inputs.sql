with

declared (mart, source_id, input_kind, is_carried) as (

    values
    {{ mart_input_rows() }}

)

select
    cast(mart as varchar) as mart,
    cast(source_id as varchar) as source_id,
    cast(input_kind as varchar) as input_kind,
    cast(is_carried as boolean) as is_carried
from declared
where mart is not null
