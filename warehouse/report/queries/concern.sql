-- One row per country of the headline list of countries of concern.
select
    lists.list_id,
    lists.list_name,
    lists.legal_basis,
    members.country_id,
    coalesce(countries.country_name, members.country_id) as country_name
from marts.dim_concern_list as lists
inner join marts.bridge_concern_member as members on lists.list_id = members.list_id
cross join marts.publish_info as release
left join marts.dim_country as countries on members.country_id = countries.country_id
where
    lists.is_headline
    and members.valid_from <= release.as_of_date
    and (members.valid_to is null or members.valid_to > release.as_of_date)
order by country_name
