-- How did the partnership's dependence move since 2019, by item (percentage points)?
select
    later.item, later.stage,
    round(100 * earlier.concern_share, 1) as percent_2019,
    round(100 * later.concern_share, 1) as percent_2024,
    round(100 * (later.concern_share - earlier.concern_share), 1) as change_pp
from analysis.bloc_headline as later
inner join analysis.bloc_headline as earlier
    on
        later.item_kind = earlier.item_kind
        and later.item_ids = earlier.item_ids
        and later.stage_id = earlier.stage_id
        and earlier.year = 2019
where
    later.year = 2024 and not later.is_basket
    and later.concern_share is not null and earlier.concern_share is not null
order by abs(later.concern_share - earlier.concern_share) desc, later.item
limit 20
