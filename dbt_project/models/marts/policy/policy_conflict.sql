with

conflicts as (

    select * from {{ ref('int_policy__conflicts') }}

)

select
    cast(event_id as varchar) as event_id,
    cast(field as varchar) as field,
    cast(coalesce(register_value, '') as varchar) as value_a,
    cast(coalesce(derived_value, '') as varchar) as value_b,
    cast(coalesce(chosen, '') as varchar) as chosen,
    cast(
        case when coalesce(chosen, '') = coalesce(register_value, '') then 'a' else 'b' end
        as varchar
    ) as chosen_side,
    cast(reason as varchar) as reason,
    cast(known_from_date as date) as known_from_date,
    cast({{ register_lineage('policy_register') }} as varchar) as lineage_id
from conflicts
order by event_id nulls last, field nulls last, value_a nulls last
