-- Imports of each member by item and stage, newest complete year, largest first.
with

newest as (

    select max(year) as year from analysis.partner_dashboard

)

select
    dashboard.country_id as key, dashboard.item || ', ' || lower(dashboard.stage) as label,
    dashboard.item, dashboard.stage, dashboard.concern_share, dashboard.concern_share_low, dashboard.concern_share_high,
    dashboard.is_partial, dashboard.is_basket, dashboard.imports_usd, dashboard.largest_supplier,
    dashboard.largest_supplier_share, dashboard.supplier_hhi, dashboard.exposure_share_low,
    dashboard.exposure_share_high, dashboard.grade, dashboard.why_no_share, dashboard.sources,
    dashboard.edition
from analysis.partner_dashboard as dashboard
inner join newest
    on dashboard.year = newest.year
where dashboard.imports_usd > 0
order by dashboard.country_id, dashboard.concern_share desc nulls last, label
