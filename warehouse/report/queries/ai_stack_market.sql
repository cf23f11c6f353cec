-- Market shares of the providers of each input, where a dataset of them has landed.
select
    node_name as label, concern_share, concern_share as concern_share_low, concern_share_high,
    coalesce(completeness_share < 0.9995, true) as is_partial, top_provider_id,
    top_provider_share, member_share, completeness_share, missing_reason as why_no_share, year,
    licence_id
from marts.ai_stack_market_exposure
order by concern_share desc nulls last, label
