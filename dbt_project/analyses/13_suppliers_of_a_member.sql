-- From whom does Germany buy permanent magnets of metal, and how sure is the share?
select
    supplier_rank, supplier, imports_usd,
    round(100 * supplier_share, 1) as share_percent,
    round(100 * supplier_share_low, 1) as low_percent,
    round(100 * supplier_share_high, 1) as high_percent,
    is_country_of_concern, is_member, sources, edition
from analysis.supplier_ranking
where country = 'Germany' and item_ids = 'g_magnets' and year = 2024
order by supplier_rank nulls last
limit 10
