-- What a desk should look at now, by value at stake, with the rule that put it there.
select
    warnings.rank, warnings.rule_text as rule,
    case
        when warnings.entity_id like 'BLOC:%' then 'The partnership'
        else coalesce(countries.country_name, warnings.entity_id)
    end as entity,
    case
        when warnings.item_id <> 'ALL'
            then coalesce(goods.good_name, materials.material_name, warnings.item_id)
    end as item,
    lower(stages.stage_name) as stage,
    warnings.subject_id as subject, warnings.evidence_text as evidence, warnings.warning_date,
    warnings.at_stake_usd_low, warnings.at_stake_usd_high, warnings.missing_reason
from marts.early_warning as warnings
left join marts.dim_country as countries
    on warnings.entity_id = countries.country_id
left join marts.dim_material as materials
    on warnings.item_kind = 'material' and warnings.item_id = materials.material_id
left join marts.dim_good as goods
    on warnings.item_kind = 'good' and warnings.item_id = goods.good_id
left join marts.dim_stage as stages
    on warnings.stage_id = stages.stage_id
order by warnings.rank
