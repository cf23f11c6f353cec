-- Whose natural graphite does Britain use, looked through the countries that sell on?
select
    year, origin_id,
    round(100 * direct_share, 1) as direct_percent,
    round(100 * origin_share, 1) as origin_percent,
    round(100 * origin_share_low, 1) as low_percent,
    round(100 * origin_share_high, 1) as high_percent,
    round(100 * hub_contribution_share, 1) as through_others_percent,
    top_hub_id, is_concern, quality_grade,
    source_edition_max as editions
from marts.origin_lookthrough
where consumer_id = 'GBR' and material_id = 'graphite' and stage_id = 'ore' and year = 2024
order by origin_share desc nulls last
limit 8
