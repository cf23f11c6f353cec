-- One row per production source, entity, material, stage, year and set of parameters: the inputs of
-- the EU's method with their bounds. NULL is unknown; an input that is not known at all is bounded by
-- its scale.
-- noqa: disable=LT02
{% set bounded = [
    'hhi_wgi_t_global', 'hhi_wgi_t_sourcing', 'import_reliance_share', 'eol_rir_share', 'si_sr',
] %}
with

labels as (

    select * from {{ ref('eu_crm_materials') }} where decision = 'map'

),

-- as printed: one decimal, or whole per cents
printed as (

    select
        'eu_crm' as production_source_id,
        'EUU' as entity_id,
        labels.material_id,
        case inputs.stage_label
            when 'E' then labels.extraction_stage_id else labels.processing_stage_id
        end as stage_id,
        inputs.assessment_year,
        'eu_' || inputs.edition || '_printed' as parameter_version,
        inputs.supply_used,
        'printed' as sourcing_basis,
        inputs.hhi_wgi_t_global, inputs.hhi_wgi_t_sourcing, inputs.import_reliance_share,
        inputs.eol_rir_share, inputs.si_sr, inputs.si_ei,
        inputs.supply_risk as published_supply_risk,
        inputs.economic_importance as published_economic_importance,
        {% for name in bounded -%}
        {%- set step = 0.05 if name in ('hhi_wgi_t_global', 'hhi_wgi_t_sourcing', 'si_sr') else 0.005 -%}
        greatest(inputs.{{ name }} - {{ step }}, 0) as {{ name }}_low,
        {% if name.startswith('hhi') %}inputs.{{ name }} + {{ step }}
        {%- else %}least(inputs.{{ name }} + {{ step }}, 1){% endif %} as {{ name }}_high,
        {% endfor -%}
        cast(1 as double) as supply_coverage_share,
        cast(1 as double) as sourcing_coverage_share,
        '' as quality_flags,
        inputs.known_from_date,
        {{ lineage_part('inputs.source_id', 'inputs.edition') }} as lineage_id
    from {{ ref('stg_eu_crm__printed_inputs') }} as inputs
    inner join labels on inputs.material_label = labels.label
    where inputs.si_sr is not null

),

supplies as (

    select
        case_set, production_source_id, entity_id, supply, material_id, stage_id, year, basis,
        coalesce({{ order_independent_sum('case when is_named then share else 0 end') }}, 0)
            as named_share,
        max(known_from_date) as known_from_date,
        {{ lineage_of('lineage_id') }} as lineage_id
    from {{ ref('int_methods__supply_shares') }}
    group by
        case_set, production_source_id, entity_id, supply, material_id, stage_id, year, basis

),

-- suppliers without a name weigh between nothing and one supplier of the worst governance
weighted as (

    select
        supplies.*,
        hhi.hhi_eu_trade, hhi.null_reason,
        hhi.hhi_eu_trade as hhi_low,
        hhi.hhi_eu_trade + 10 * (1 - supplies.named_share) * (1 - supplies.named_share) as hhi_high
    from supplies
    inner join {{ ref('int_methods__governance_hhi') }} as hhi
        using (
            case_set, production_source_id, entity_id, supply, material_id, stage_id, year, basis
        )

),

hidden as (

    select distinct
        production_source_id, material_id, stage_id, year, n_hidden, hidden_share_max
    from {{ ref('int_methods__production') }}

),

-- two public copies of a rate that differ are its bounds
rates as (

    select
        labels.material_id, rates.assessment_year,
        max(rates.eol_rir_share) as eol_rir_share,
        min(least(rates.eol_rir_share, coalesce(rates.second_copy_share, 1))) as eol_rir_share_low,
        max(greatest(rates.eol_rir_share, coalesce(rates.second_copy_share, 0)))
            as eol_rir_share_high,
        max(rates.known_from_date) as known_from_date,
        max({{ lineage_part('rates.source_id', 'rates.edition') }}) as lineage_id
    from {{ ref('stg_eu_crm__recycling_rates') }} as rates
    inner join labels on rates.material_label = labels.label
    group by labels.material_id, rates.assessment_year

),

scores as (

    select
        labels.material_id, scores.assessment_year,
        max(scores.supply_risk) as supply_risk,
        max(scores.economic_importance) as economic_importance
    from {{ ref('stg_eu_crm__printed_scores') }} as scores
    inner join labels on scores.material_label = labels.label
    group by labels.material_id, scores.assessment_year

),

-- the study of 2023 has shares and rates, but no reliance and no indices
study as (

    select
        'eu_crm' as production_source_id,
        'EUU' as entity_id,
        coalesce(world.material_id, sourcing.material_id) as material_id,
        coalesce(world.stage_id, sourcing.stage_id) as stage_id,
        coalesce(world.year, sourcing.year) as assessment_year,
        'study' as sourcing_basis,
        world.hhi_eu_trade as hhi_wgi_t_global,
        world.hhi_low as hhi_wgi_t_global_low,
        world.hhi_high as hhi_wgi_t_global_high,
        sourcing.hhi_eu_trade as hhi_wgi_t_sourcing,
        sourcing.hhi_low as hhi_wgi_t_sourcing_low,
        sourcing.hhi_high as hhi_wgi_t_sourcing_high,
        world.named_share as supply_coverage_share,
        sourcing.named_share as sourcing_coverage_share,
        rates.eol_rir_share, rates.eol_rir_share_low, rates.eol_rir_share_high,
        scores.supply_risk as published_supply_risk,
        scores.economic_importance as published_economic_importance,
        greatest(world.known_from_date, sourcing.known_from_date) as known_from_date,
        {{ lineage_union(['world.lineage_id', 'sourcing.lineage_id', 'rates.lineage_id']) }}
            as lineage_id
    from (select * from weighted where case_set like 'eu_%' and supply = 'global') as world
    full outer join
        (select * from weighted where case_set like 'eu_%' and supply = 'eu_sourcing') as sourcing
        on
            world.material_id = sourcing.material_id
            and world.stage_id = sourcing.stage_id
            and world.year = sourcing.year
    left join rates
        on
            coalesce(world.material_id, sourcing.material_id) = rates.material_id
            and coalesce(world.year, sourcing.year) = rates.assessment_year
    left join scores
        on
            coalesce(world.material_id, sourcing.material_id) = scores.material_id
            and coalesce(world.year, sourcing.year) = scores.assessment_year

),

studied as (

    select
        study.*,
        'eu_' || cast(study.assessment_year as varchar) || '_tables' as parameter_version,
        cast(null as double) as import_reliance_share,
        cast(0 as double) as import_reliance_share_low,
        cast(1 as double) as import_reliance_share_high,
        cast(null as double) as si_sr,
        cast(0 as double) as si_sr_low,
        cast(1 as double) as si_sr_high,
        cast(null as double) as si_ei,
        '' as quality_flags
    from study

    union all

    -- reliance and indices of 2017 are older than the rest: a version of its own
    select
        study.*,
        'eu_' || cast(study.assessment_year as varchar) || '_with_2017_indices'
            as parameter_version,
        case when printed.stage_id = study.stage_id then printed.import_reliance_share end
            as import_reliance_share,
        case when printed.stage_id = study.stage_id then printed.import_reliance_share_low else 0 end
            as import_reliance_share_low,
        case when printed.stage_id = study.stage_id then printed.import_reliance_share_high else 1 end
            as import_reliance_share_high,
        printed.si_sr, printed.si_sr_low, printed.si_sr_high, printed.si_ei,
        'older_parameters' as quality_flags
    from study
    inner join printed on study.material_id = printed.material_id

),

-- of the rates the newest, of the indices those of 2017: the EU's, also for other entities
newest_rates as (

    select *
    from rates
    qualify row_number() over (partition by material_id order by assessment_year desc) = 1

),

own as (

    select
        sourcing.production_source_id, sourcing.entity_id, sourcing.material_id, sourcing.stage_id,
        sourcing.year as assessment_year,
        sourcing.basis as sourcing_basis,
        world.hhi_eu_trade as hhi_wgi_t_global,
        -- a producer that withholds its figure may have what the printed total leaves, or anything
        case
            when hidden.n_hidden > 0 and hidden.hidden_share_max is null then 0
            when hidden.n_hidden > 0
                then world.hhi_low / ((1 + hidden.hidden_share_max) * (1 + hidden.hidden_share_max))
            else world.hhi_low
        end as hhi_wgi_t_global_low,
        case
            when hidden.n_hidden > 0 and hidden.hidden_share_max is null then 10
            when hidden.n_hidden > 0
                then world.hhi_high + 10 * hidden.hidden_share_max * hidden.hidden_share_max
            else world.hhi_high
        end as hhi_wgi_t_global_high,
        sourcing.hhi_eu_trade as hhi_wgi_t_sourcing,
        sourcing.hhi_low as hhi_wgi_t_sourcing_low,
        sourcing.hhi_high as hhi_wgi_t_sourcing_high,
        world.named_share as supply_coverage_share,
        sourcing.named_share as sourcing_coverage_share,
        -- who makes nothing and buys depends on imports for all it uses
        case sourcing.basis
            when 'value' then 1.0 else balance.import_reliance_share
        end as import_reliance_share,
        indices.si_sr, indices.si_sr_low, indices.si_sr_high, indices.si_ei,
        newest_rates.eol_rir_share, newest_rates.eol_rir_share_low,
        newest_rates.eol_rir_share_high,
        trim(both '|' from
            case when coalesce(hidden.n_hidden, 0) > 0 then 'WITHHELD_PRODUCER' else '' end
            || '|older_parameters'
        ) as quality_flags,
        greatest(
            world.known_from_date, sourcing.known_from_date, balance.known_from_date,
            indices.known_from_date, newest_rates.known_from_date
        ) as known_from_date,
        {{ lineage_union([
            'world.lineage_id', 'sourcing.lineage_id', 'indices.lineage_id',
            'newest_rates.lineage_id',
        ]) }} as lineage_id
    from (select * from weighted where case_set = 'own' and supply = 'sourcing') as sourcing
    left join
        (select * from weighted where case_set = 'own' and supply = 'global') as world
        on
            sourcing.production_source_id = world.production_source_id
            and sourcing.material_id = world.material_id
            and sourcing.stage_id = world.stage_id
            and sourcing.year = world.year
    left join hidden
        on
            sourcing.production_source_id = hidden.production_source_id
            and sourcing.material_id = hidden.material_id
            and sourcing.stage_id = hidden.stage_id
            and sourcing.year = hidden.year
    left join {{ ref('int_methods__entity_reliance') }} as balance
        on
            sourcing.production_source_id = balance.production_source_id
            and sourcing.entity_id = balance.entity_id
            and sourcing.material_id = balance.material_id
            and sourcing.stage_id = balance.stage_id
            and sourcing.year = balance.year
    left join printed as indices on sourcing.material_id = indices.material_id
    left join newest_rates on sourcing.material_id = newest_rates.material_id

)

{% set columns = [
    'production_source_id', 'entity_id', 'material_id', 'stage_id', 'assessment_year',
    'parameter_version', 'supply_used', 'sourcing_basis', 'si_ei', 'published_supply_risk',
    'published_economic_importance',
    'supply_coverage_share', 'sourcing_coverage_share', 'quality_flags', 'known_from_date',
    'lineage_id',
] %}
{% for relation in ['printed', 'studied', 'own'] %}
select
    {%- for column in columns %}
    {% if column == 'parameter_version' and relation == 'own' %}'own_sourcing' as parameter_version
    {%- elif column == 'supply_used' and relation != 'printed' %}'global_and_sourcing' as supply_used
    {%- elif column.startswith('published') and relation == 'own' %}cast(null as double) as {{ column }}
    {%- else %}{{ column }}
    {%- endif %},
    {%- endfor %}
    {%- for name in bounded %}
    cast({{ name }} as double) as {{ name }},
    {%- if name == 'import_reliance_share' and relation == 'own' %}
    cast(coalesce({{ name }}, 0) as double) as {{ name }}_low,
    cast(coalesce({{ name }}, 1) as double) as {{ name }}_high{{ ',' if not loop.last }}
    {%- else %}
    cast({{ name }}_low as double) as {{ name }}_low,
    cast({{ name }}_high as double) as {{ name }}_high{{ ',' if not loop.last }}
    {%- endif %}
    {%- endfor %}
from {{ relation }}
{{ 'union all' if not loop.last }}
{% endfor %}
