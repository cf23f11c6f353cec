-- What share of the world's refined gallium came from China in 2024, and which edition reported it when?
-- Two denominators: the sum of the printed rows, and the total that the publisher printed.
select
    edition, denominator, known_from_date,
    round(100 * production_share, 1) as share_percent,
    quantity, quantity_unit
from marts.production_share
where material_id = 'gallium' and country_id = 'CHN' and year = 2024
order by known_from_date, denominator
