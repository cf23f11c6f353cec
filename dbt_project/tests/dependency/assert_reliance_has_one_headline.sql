{{ config(description="Of each country, material and year with a published figure one row is the headline.") }}
select
    country_id, material_id, year, count(*) as n_rows
from {{ ref('net_import_reliance') }}
where method = 'published' and known_to_date is null
group by country_id, material_id, year
having sum(case when is_headline then 1 else 0 end) <> 1
