-- Which part of the world's production do members have, and which part countries of concern?
select
    material, stage, year,
    round(100 * sum(production_share) filter (where is_member), 1) as members_percent,
    round(100 * sum(production_share) filter (where is_country_of_concern), 1) as concern_percent
from analysis.production_leaders
where year = 2024
group by material, stage, year
order by concern_percent desc nulls last, material, stage
