-- Who is a party today, and in which status?
select party_status, country_id, country_name, country_kind
from marts.dim_country
where is_party
order by party_status, country_name
