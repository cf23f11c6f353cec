{{ config(
    description="An effect is significant only where both its rank among dates and its interval "
        ~ "say so; a row has an effect or a reason."
) }}
select
    event_id, product_code, estimator, horizon_months, effect_share, p_placebo, ci_low, ci_high,
    not_estimated_reason
from {{ ref('event_effect') }}
where
    (is_significant and (p_placebo > 0.05 or (ci_low <= 0 and ci_high >= 0)))
    or (effect_share is null) = (not_estimated_reason is null)
