-- split_list reads twenty parts of a list in a cell; a longer list would lose its end.
select event_id as row_id
from {{ ref('stg_registers__policy_register') }}
where
    {{ n_parts('issuer_ids') }} > 20
    or {{ n_parts('target_ids') }} > 20
    or {{ n_parts('item_labels') }} > 20
    or {{ n_parts('hs6_codes') }} > 20
    or {{ n_parts('parent_event_ids') }} > 20

union all

select project_id
from {{ ref('int_policy__projects') }}
where {{ n_parts('item_labels') }} > 20
