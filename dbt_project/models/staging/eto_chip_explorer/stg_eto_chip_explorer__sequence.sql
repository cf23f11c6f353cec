with

edges as (

    select * from {{ source_as_known('eto_chip_explorer', 'sequence') }}

)

select
    'eto_chip_explorer' as source_id,
    edition,
    input_id as from_id,
    coalesce(goes_into_id, is_type_of_id) as to_id,
    case when goes_into_id is not null then 'goes_into' else 'is_kind_of' end as relation,
    known_from_date
from edges
