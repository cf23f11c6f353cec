-- One row per member or bloc, material, stage, year and method: the factors whose product is the
-- method's score, so that two methods differ in single inputs. The concentration of production is the
-- first factor of most; sourcing is what the entity's own imports change of it. The tests of
-- dependency have their criteria instead. On another source of production a method has a row with
-- that source in its name.
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

second_scores as (

    select * from {{ ref('int_methods__second_source_scores') }}

),

produced as (

    select
        {{ headline_production_source() }} as production_source_id,
        item_id as material_id,
        stage_id, year, hhi, hhi_wgi_avg6
    from {{ ref('concentration') }}
    where
        scope = 'world_production'
        and is_latest_edition
        and denominator = 'sum_rows'
        and gov_default_share <= 0.05
        and hhi > 0
        and hhi_wgi_avg6 > 0

    union all

    select
        plain.production_source_id,
        plain.item_id as material_id,
        plain.stage_id, plain.year,
        plain.score as hhi,
        weighted.score as hhi_wgi_avg6
    from second_scores as plain
    inner join second_scores as weighted
        using (production_source_id, entity_id, item_id, stage_id, year)
    where
        plain.method_id = 'hhi'
        and weighted.variant = 'production_wgi_avg6_' || plain.production_source_id
        and plain.score > 0
        and weighted.score > 0

),

eu_method as (

    select
        cases.production_source_id, cases.entity_id, cases.material_id, cases.stage_id,
        cases.assessment_year as year,
        cases.eol_rir_share, cases.si_sr,
        cases.hhi_wgi_t_global * cases.import_reliance_share / 2
        + cases.hhi_wgi_t_sourcing * (1 - cases.import_reliance_share / 2) as supply_term
    from {{ ref('int_methods__eu_cases') }} as cases
    inner join {{ ref('int_methods__eu_supply_risk') }} as risks
        using (
            production_source_id, entity_id, material_id, stage_id, assessment_year,
            parameter_version
        )
    where cases.parameter_version = 'own_sourcing' and risks.supply_risk is not null

),

geopolrisk as (

    select
        {{ headline_production_source() }} as production_source_id,
        entity_id, material_id, stage_id, year, import_risk
    from {{ ref('geopolrisk') }}
    where variant = 'geopolrisk_netted' and score is not null

    union all

    select
        seconds.production_source_id, seconds.entity_id,
        seconds.item_id as material_id,
        seconds.stage_id, seconds.year, parts.import_risk
    from second_scores as seconds
    inner join {{ ref('int_methods__geopolrisk_scores') }} as parts
        on
            seconds.production_source_id = parts.production_source_id
            and seconds.entity_id = parts.entity_id
            and seconds.item_id = parts.material_id
            and seconds.stage_id = parts.stage_id
            and seconds.year = parts.year
            and seconds.variant = parts.variant || '_' || parts.production_source_id
    where parts.variant = 'geopolrisk_netted' and seconds.score is not null

),

tests as (

    select *
    from {{ ref('int_methods__dependency_scores') }}
    where
        score is not null
        and netting = case when entity_id like 'BLOC:%' then 'extra' else 'gross' end

),

-- what all methods of a source see: a supply with production, own sourcing and governance
compared as (

    select
        eu_method.production_source_id, eu_method.entity_id, eu_method.material_id,
        eu_method.stage_id, eu_method.year, produced.hhi, produced.hhi_wgi_avg6,
        eu_method.supply_term, eu_method.eol_rir_share, eu_method.si_sr,
        geopolrisk.import_risk
    from eu_method
    inner join entities
        using (entity_id)
    inner join produced
        using (production_source_id, material_id, stage_id, year)
    left join geopolrisk
        using (production_source_id, entity_id, material_id, stage_id, year)

)

{% set names = ['governance', 'sourcing', 'recycling', 'substitution'] %}
{% set criteria = [
    'import_concentration', 'foreign_share', 'export_concentration', 'import_export_ratio',
    'joint_share',
] %}
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
    '{{ method }}' || case
        when production_source_id <> {{ headline_production_source() }}
            then ':' || production_source_id
        else ''
    end as method_id,
    cast(hhi as double) as concentration,
    {%- for name in names %}
    cast({{ factors[loop.index0] }} as double) as {{ name }},
    {%- endfor %}
    {%- for name in criteria %}
    cast(1 as double) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from compared

union all
{% endfor %}
select
    tests.entity_id,
    tests.item_id as material_id,
    tests.stage_id,
    cast(tests.year as integer) as year,
    case tests.method_id when 'EC_CDI' then 'ec_dependency' else 'geodep' end as method_id,
    cast(1 as double) as concentration,
    {%- for name in names %}
    cast(1 as double) as {{ name }},
    {%- endfor %}
    {%- for name in criteria %}
    cast(tests.{{ name }} as double) as {{ name }}{{ ',' if not loop.last }}
    {%- endfor %}
from compared
inner join tests
    on
        compared.entity_id = tests.entity_id
        and compared.material_id = tests.item_id
        and compared.stage_id = tests.stage_id
        and compared.year = tests.year
where compared.production_source_id = {{ headline_production_source() }}
