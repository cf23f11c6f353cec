-- Members, by name.
select country_id as key, country_name as label
from marts.dim_country
where party_status = 'signatory' and country_kind <> 'institution'
order by country_name
