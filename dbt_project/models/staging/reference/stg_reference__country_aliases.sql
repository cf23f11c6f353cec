with

seed as (

    select * from {{ ref('country_aliases') }}

)

select
    source_id, source_name, country_id, code_kind, alias_kind, qualifier, defect, confidence, note
from seed
