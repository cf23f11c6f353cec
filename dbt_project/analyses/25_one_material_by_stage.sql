-- Rare earths from ore to magnet: how dependent is the partnership at each stage?
select
    headline.item, headline.stage, headline.year, headline.imports_from_outside_usd,
    round(100 * headline.concern_share, 1) as concern_percent,
    round(100 * headline.concern_share_low, 1) as low_percent,
    round(100 * headline.concern_share_high, 1) as high_percent,
    headline.is_basket, headline.why_no_share
from analysis.bloc_headline as headline
inner join marts.dim_stage as stages
    on headline.stage_id = stages.stage_id
where
    headline.year = 2024
    and (contains(headline.item_ids, 'rare_earths') or headline.item_ids = 'g_magnets')
order by stages.stage_order, headline.item
