-- The four largest suppliers of each member's largest items that draw on countries of concern, the
-- last eight years. A band is given where it is wider than a tenth of a point.
with

items as (

    select
        country_id, item_kind, item_ids, stage_id,
        row_number() over (
            partition by country_id
            order by sum(imports_usd) desc, item_kind, item_ids, stage_id
        ) as place
    from analysis.partner_dashboard
    where not is_basket and concern_share is not null
    group by country_id, item_kind, item_ids, stage_id
    having max(concern_share) >= 0.1

),

ranking as materialized (

    select
        suppliers.*, items.place as item_place,
        max(suppliers.year) over () as newest_year
    from analysis.supplier_ranking as suppliers
    inner join items
        on
            suppliers.country_id = items.country_id
            and suppliers.item_kind = items.item_kind
            and suppliers.item_ids = items.item_ids
            and suppliers.stage_id = items.stage_id
            and items.place <= 6
    where suppliers.supplier_share is not null

),

recent as (

    select * from ranking
    where year > newest_year - 8

),

sizes as (

    select country_id, item_place, supplier_id, sum(imports_usd) as imports_usd
    from recent
    group by country_id, item_place, supplier_id

),

places as (

    select
        country_id, item_place, supplier_id,
        row_number() over (
            partition by country_id, item_place order by imports_usd desc, supplier_id
        ) as place
    from sizes

)

select
    recent.country_id as key,
    recent.item || ', ' || lower(recent.stage) as item,
    recent.supplier as label, recent.year,
    round(recent.supplier_share, 5) as supplier_share,
    case
        when recent.supplier_share_high - recent.supplier_share_low > 0.001
            then round(recent.supplier_share_low, 5)
    end as supplier_share_low,
    case
        when recent.supplier_share_high - recent.supplier_share_low > 0.001
            then round(recent.supplier_share_high, 5)
    end as supplier_share_high,
    recent.imports_usd, recent.is_country_of_concern
from recent
inner join places
    on
        recent.country_id = places.country_id
        and recent.item_place = places.item_place
        and recent.supplier_id = places.supplier_id
        and places.place <= 4
order by key, recent.item_place, places.place, recent.year
