-- The bloc and the members that import a material, newest year: share from countries of concern.
with

newest as (

    select max(year) as year from analysis.partner_dashboard

),

shown as (

    select
        item_ids, country, stage, year, concern_share, concern_share_low, concern_share_high,
        is_partial, is_basket, imports_usd, largest_supplier, largest_supplier_share, grade,
        why_no_share
    from analysis.partner_dashboard
    where item_kind = 'material' and imports_usd > 0

)

select
    materials.material_id as key, shown.country || ', ' || lower(shown.stage) as label,
    shown.concern_share, shown.concern_share_low, shown.concern_share_high, shown.is_partial,
    shown.is_basket, shown.imports_usd, shown.largest_supplier, shown.largest_supplier_share,
    shown.grade, shown.why_no_share
from shown
inner join newest
    on shown.year = newest.year
inner join marts.dim_material as materials
    on contains('|' || shown.item_ids || '|', '|' || materials.material_id || '|')
order by materials.material_id, shown.imports_usd desc, label
