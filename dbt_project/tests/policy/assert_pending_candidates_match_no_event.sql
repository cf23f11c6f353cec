{{ config(description="An act that the register has is not pending review, and any other one is.") }}
select
    document_id, act_number, is_pending_review, matched_event_id
from {{ ref('event_candidate') }}
where is_pending_review <> (matched_event_id is null)
