-- Which instruments do most members hold? Unknown never means that a member lacks one.
select
    matrix.instrument_type,
    count(*) filter (where matrix.state = 'held') as n_held,
    count(*) filter (where matrix.state in ('partial', 'planned')) as n_partial_or_planned,
    count(*) filter (where matrix.state = 'none_found') as n_none_found,
    count(*) filter (where matrix.state = 'unknown') as n_unknown
from marts.instrument_matrix as matrix
inner join marts.dim_country as countries
    on matrix.country_id = countries.country_id
where countries.party_status = 'signatory'
group by matrix.instrument_type
order by n_held desc, matrix.instrument_type
