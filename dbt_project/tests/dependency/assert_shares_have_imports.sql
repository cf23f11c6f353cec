{{ config(description="A share of no imports is missing, not zero.") }}
select
    entity_id, item_id, stage_id, period_start_date
from {{ ref('partner_dependency') }}
where imports_usd = 0 and concern_share is not null
