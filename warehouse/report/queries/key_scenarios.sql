-- Scenarios, named after the country that stops where the identifier begins with one.
with

scenarios as (

    select
        scenario_id, split_part(scenario_id, '_', 1) as first_word,
        replace(substr(scenario_id, strpos(scenario_id, '_') + 1), '_', ' ') as rest
    from marts.disruption_result
    group by scenario_id

)

select
    scenarios.scenario_id as key,
    coalesce(
        countries.country_name || ' stops: ' || scenarios.rest,
        upper(scenarios.first_word[1:1]) || scenarios.first_word[2:] || ' ' || scenarios.rest
    ) as label
from scenarios
left join marts.dim_country as countries
    on scenarios.first_word = lower(countries.country_id)
order by label
