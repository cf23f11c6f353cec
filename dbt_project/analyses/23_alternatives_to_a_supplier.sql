-- From whom else could Korea buy permanent magnets, and how much is not committed to others?
select
    countries.country_name as alternative,
    options.exportable_t, options.current_t, options.uncommitted_t_low, options.uncommitted_t_high,
    round(100 * options.cover_share, 1) as cover_percent,
    options.unit_value_premium_ratio, options.is_member
from marts.diversification_option as options
inner join marts.dim_country as countries
    on options.alternative_supplier_id = countries.country_id
where options.entity_id = 'KOR' and options.item_id = 'g_magnets' and options.year = 2024
order by options.rank
limit 10
