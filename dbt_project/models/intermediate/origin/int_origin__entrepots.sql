-- One row per country and year in which it is known to sell goods on.
select distinct
    entrepots.country_id,
    cast(date_part('year', periods.period_end_date) as integer) as year
from {{ ref('stg_reference__entrepots') }} as entrepots
inner join {{ ref('int_dependency__periods') }} as periods
    on {{ valid_on('entrepots', 'periods.period_end_date') }}
