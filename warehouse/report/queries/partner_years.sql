-- Share from countries of concern by year, of each member's six largest imports of single items.
with

sizes as (

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

)

select
    dashboard.country_id as key,
    dashboard.item || ', ' || lower(dashboard.stage) as label,
    dashboard.year, dashboard.concern_share, dashboard.imports_usd, dashboard.sources
from analysis.partner_dashboard as dashboard
inner join sizes
    on
        dashboard.country_id = sizes.country_id
        and dashboard.item_kind = sizes.item_kind
        and dashboard.item_ids = sizes.item_ids
        and dashboard.stage_id = sizes.stage_id
where sizes.place <= 6 and dashboard.concern_share is not null
order by dashboard.country_id, label, dashboard.year
