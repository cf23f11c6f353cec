{{ config(
    description="What is unknown does not pass a criterion; only without any exports is there no "
        ~ "ratio to compare."
) }}
select
    entity_id, product_code, year, method_id, criterion_id
from {{ ref('dependency_tests') }}
where is_passed and criterion_value is null and not is_exports_zero
