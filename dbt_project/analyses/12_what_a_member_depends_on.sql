-- What does Japan draw from countries of concern, codes of one material only, in 2024?
select
    item, stage, imports_usd,
    round(100 * concern_share, 1) as concern_percent,
    largest_supplier,
    round(100 * largest_supplier_share, 1) as largest_percent,
    grade, flags
from analysis.partner_dashboard
where country = 'Japan' and year = 2024 and not is_basket and imports_usd >= 10000000
order by concern_share desc nulls last, imports_usd desc
limit 15
