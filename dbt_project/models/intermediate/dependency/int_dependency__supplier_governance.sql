-- One row per country and year: instability (0-1) by political stability alone and by the average
-- of the six dimensions.
with

instability as (

    select * from {{ ref('int_governance__instability') }}

)

select
    country_id,
    cast(year as integer) as year,
    max(case when gov_dimension_set = 'pv' then instability_share end) as instability_pv,
    max(case when gov_dimension_set = 'avg6' then instability_share end) as instability_avg6
from instability
group by country_id, year
