with

codes as (

    select * from {{ ref('int_country__codes') }}

)

select
    cast(code_system as varchar) as code_system,
    cast(code as varchar) as code,
    cast(country_id as varchar) as country_id,
    cast(code_kind as varchar) as code_kind,
    cast(note as varchar) as note
from codes
order by code_system nulls last, code nulls last
