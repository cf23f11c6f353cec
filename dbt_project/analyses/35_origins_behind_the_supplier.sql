-- Where was the natural graphite mined that the United States use? Through the countries between.
select
    origin_id, stage_id, year,
    round(100 * origin_share, 1) as origin_percent,
    round(100 * origin_share_low, 1) as low_percent,
    round(100 * origin_share_high, 1) as high_percent,
    round(100 * declared_share, 1) as declared_percent,
    top_hub_id
from marts.origin_lookthrough
where consumer_id = 'USA' and material_id = 'graphite' and year = 2024
order by stage_id, origin_share desc nulls last, origin_id
limit 15
