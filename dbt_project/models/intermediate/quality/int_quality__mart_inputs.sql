with

declared (mart, source_id) as (

    values
    {{ mart_input_rows() }}

)

select
    cast(mart as varchar) as mart,
    cast(source_id as varchar) as source_id
from declared
where mart is not null
