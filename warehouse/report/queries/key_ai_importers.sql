-- Importers of the AI stack: the partnership, then members by name.
select
    entities.entity_id as key,
    case
        when entities.entity_id like 'BLOC:%' then 'The partnership' else countries.country_name
    end as label
from (select distinct entity_id from marts.ai_stack_exposure) as entities
left join marts.dim_country as countries
    on entities.entity_id = countries.country_id
order by entities.entity_id not like 'BLOC:%', label
