-- One row per member or bloc, material, stage, year and method: the factors whose product is the
-- method's score, so that two methods differ in single inputs. The concentration of production is the
-- first factor of all; sourcing is what the entity's own imports change of it.
-- noqa: disable=LT02
with

entities as (

    select distinct country_id as entity_id
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

    union all

    select distinct bloc_id as entity_id
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

produced as (

    select item_id as material_id, stage_id, year, hhi, hhi_wgi_avg6
    from {{ ref('concentration') }}
    where
        scope = 'world_production'
        and is_latest_edition
        and denominator = 'sum_rows'
        and gov_default_share <= 0.05
        and hhi > 0
        and hhi_wgi_avg6 > 0

),

eu_method as (

    select
        supply_risk_eu_method.*,
        hhi_wgi_t_global * import_reliance_share / 2
        + hhi_wgi_t_sourcing * (1 - import_reliance_share / 2) as supply_term
    from {{ ref('supply_risk_eu_method') }}
    where parameter_version = 'own_sourcing' and sr is not null

),

geopolrisk as (

    select *
    from {{ ref('geopolrisk') }}
    where variant = 'geopolrisk_netted' and score is not null

),

-- what all four methods see: a supply with production, own sourcing and governance
compared as (

    select
        eu_method.entity_id, eu_method.material_id,
        eu_method.assessed_stage_id as stage_id,
        eu_method.assessment_year as year,
        produced.hhi, produced.hhi_wgi_avg6, eu_method.supply_term, eu_method.eol_rir_share,
        eu_method.si_sr, geopolrisk.import_risk
    from eu_method
    inner join entities
        using (entity_id)
    inner join produced
        on
            eu_method.material_id = produced.material_id
            and eu_method.assessed_stage_id = produced.stage_id
            and eu_method.assessment_year = produced.year
    left join geopolrisk
        on
            eu_method.entity_id = geopolrisk.entity_id
            and eu_method.material_id = geopolrisk.material_id
            and eu_method.assessed_stage_id = geopolrisk.stage_id
            and eu_method.assessment_year = geopolrisk.year

)

{% set methods = {
    'hhi': ['1.0', '1.0', '1.0', '1.0'],
    'hhi_governance': ['hhi_wgi_avg6 / hhi', '1.0', '1.0', '1.0'],
    'eu_supply_risk': [
        'hhi_wgi_avg6 / hhi', 'supply_term / hhi_wgi_avg6', '1 - eol_rir_share', 'si_sr',
    ],
    'geopolrisk': ['1.0', 'import_risk', '1.0', '1.0'],
} %}
{% for method, factors in methods.items() %}
select
    entity_id, material_id, stage_id,
    cast(year as integer) as year,
    '{{ method }}' as method_id,
    cast(hhi as double) as concentration,
    {%- for name in ['governance', 'sourcing', 'recycling', 'substitution'] %}
    cast({{ factors[loop.index0] }} as double) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from compared
{{ 'union all' if not loop.last }}
{% endfor %}
