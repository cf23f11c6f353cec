-- Instruments of each party; unknown is where nobody has looked.
select
    matrix.country_id as key, replace(matrix.instrument_type, '_', ' ') as label, matrix.state,
    matrix.instrument_names, matrix.since_year, matrix.evidence, matrix.confidence
from marts.instrument_matrix as matrix
inner join marts.dim_country as countries
    on matrix.country_id = countries.country_id
where countries.party_status = 'signatory'
order by matrix.country_id, label
