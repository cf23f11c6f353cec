-- Instruments by party; unknown is where nobody has looked.
select
    countries.country_name as label, replace(matrix.instrument_type, '_', ' ') as column_label,
    matrix.state, matrix.instrument_names
from marts.instrument_matrix as matrix
inner join marts.dim_country as countries
    on matrix.country_id = countries.country_id
where countries.party_status = 'signatory'
order by countries.country_name, column_label
