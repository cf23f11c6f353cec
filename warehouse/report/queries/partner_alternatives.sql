-- Whom a member could buy from instead of countries of concern: the three best placed for each of
-- its ten largest items from there, newest year.
with

options as (

    select * from marts.diversification_option
    where
        item_kind in ('material', 'good') and imports_from_concern_t > 0
        and year = (select max(year) from marts.diversification_option)

),

items as (

    select
        entity_id, item_kind, item_id, stage_id,
        row_number() over (
            partition by entity_id
            order by max(imports_from_concern_t) desc, item_kind, item_id, stage_id
        ) as place
    from options
    group by entity_id, item_kind, item_id, stage_id

)

select
    options.entity_id as key,
    coalesce(goods.good_name, materials.material_name) || ', ' || lower(stages.stage_name) as label,
    options.rank,
    coalesce(countries.country_name, options.alternative_supplier_id) as alternative,
    options.is_member, options.imports_from_concern_t, options.uncommitted_t_low,
    options.uncommitted_t_high, options.cover_share, options.unit_value_premium_ratio,
    options.instability_share, options.clause_ids, options.quality_grade as grade
from options
inner join items
    on
        options.entity_id = items.entity_id
        and options.item_kind = items.item_kind
        and options.item_id = items.item_id
        and options.stage_id = items.stage_id
        and items.place <= 10
inner join marts.dim_country as members
    on
        options.entity_id = members.country_id
        and members.party_status = 'signatory' and members.country_kind <> 'institution'
inner join marts.dim_stage as stages
    on options.stage_id = stages.stage_id
left join marts.dim_country as countries
    on options.alternative_supplier_id = countries.country_id
left join marts.dim_material as materials
    on options.item_kind = 'material' and options.item_id = materials.material_id
left join marts.dim_good as goods
    on options.item_kind = 'good' and options.item_id = goods.good_id
where options.rank <= 3
order by key, items.place, options.rank
