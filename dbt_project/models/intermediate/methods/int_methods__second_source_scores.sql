-- One row per production source beside that of the headline, entity, netting, membership variant,
-- material, stage, year, method and variant: the methods on that source's production, in the columns
-- of `method_score`. Scores alone: no quantity of the source.
-- noqa: disable=LT02
{% set max_default_share = 0.05 %}
{% set is_other =
    "production_source_id not in ('eu_crm', " ~ headline_production_source() ~ ')' %}
{% set world = ['production_source_id', 'material_id', 'stage_id', 'year'] %}
with

shares as (

    select
        {{ world | join(', ') }},
        coalesce({{ order_independent_sum('case when is_named then share else 0 end') }}, 0)
            as named_share,
        {%- for dimension in ['pv', 'avg6'] %}
        coalesce({{ order_independent_sum(
            'case when is_named and wgi_' ~ dimension ~ ' is null then share else 0 end'
        ) }}, 0) as default_share_{{ dimension }},
        {%- endfor %}
        max(case when is_named then share end) as top_share,
        {{ lineage_of('lineage_id') }} as lineage_id
    from {{ ref('int_methods__supply_shares') }}
    where case_set = 'own' and supply = 'global' and {{ is_other }}
    group by {{ world | join(', ') }}

),

production as (

    select * from {{ ref('int_methods__production') }} where {{ is_other }}

),

hidden as (

    select distinct
        {{ world | join(', ') }}, n_hidden, hidden_share_max
    from production

),

-- producers without a figure as in `concentration`: they may hold what a printed total leaves, or
-- anything; those without a name are one at most
concentrations as (

    select
        shares.*, hhi.hhi, hhi.hhi_wgi_pv_default, hhi.hhi_wgi_avg6_default,
        case
            when hidden.n_hidden = 0 then hhi.hhi
            when hidden.hidden_share_max is null then hhi.hhi / (1 + hidden.n_hidden * hhi.hhi)
            else
                (
                    hhi.hhi
                    + least(hidden.hidden_share_max, hidden.n_hidden * hhi.hhi)
                    * least(hidden.hidden_share_max, hidden.n_hidden * hhi.hhi) / hidden.n_hidden
                )
                / (
                    (1 + least(hidden.hidden_share_max, hidden.n_hidden * hhi.hhi))
                    * (1 + least(hidden.hidden_share_max, hidden.n_hidden * hhi.hhi))
                )
        end as hhi_low,
        case
            when hidden.n_hidden = 0 then hhi.hhi
            when hidden.hidden_share_max is null then null
            else greatest(
                hhi.hhi,
                (hhi.hhi + hidden.hidden_share_max * hidden.hidden_share_max)
                / ((1 + hidden.hidden_share_max) * (1 + hidden.hidden_share_max))
            )
        end + (1 - shares.named_share) * (1 - shares.named_share) as hhi_high
    from shares
    inner join hidden
        using ({{ world | join(', ') }})
    inner join {{ ref('int_methods__governance_hhi') }} as hhi
        using ({{ world | join(', ') }})
    where hhi.case_set = 'own' and hhi.supply = 'global'

),

-- what the largest producer uses itself, where it is counted as its output is
leaders as (

    select
        {{ world | join(', ') }}, country_id, quantity_unit, qty_basis,
        case quantity_unit when 't' then quantity end as removed_t,
        {{ exact_sum(
            "case quantity_unit when 't' then quantity end",
            over='partition by ' ~ world | join(', ')
        ) }} as supply_t
    from production
    where quantity > 0
    qualify row_number() over (
        partition by {{ world | join(', ') }}
        order by (row_kind = 'country') desc, quantity desc, country_id asc
    ) = 1

),

balances as (

    select
        leaders.*, balance.use_t,
        (leaders.supply_t - leaders.removed_t)
        / nullif(greatest(leaders.supply_t - balance.use_t, 0), 0) as balance_ratio,
        case
            when leaders.quantity_unit <> 't' then 'no_tonnes'
            when balance.use_t is null then coalesce(balance.missing_reason, 'no_trade_in_tonnes')
            when leaders.supply_t - balance.use_t <= 0 then 'nobody_else_uses'
        end as missing_reason
    from leaders
    left join {{ ref('int_methods__physical_balance') }} as balance
        on
            {% for column in world %}leaders.{{ column }} = balance.{{ column }}
            and {% endfor %}leaders.country_id = balance.country_id
            and leaders.qty_basis = balance.qty_basis

),

cases as (

    select * from {{ ref('int_methods__eu_cases') }} where {{ is_other }}

),

geopolrisk_cases as (

    select * from {{ ref('int_methods__geopolrisk_cases') }} where {{ is_other }}

),

scores as (

    select
        production_source_id,
        'WLD' as entity_id,
        'gross' as netting,
        'none' as membership_variant,
        material_id, stage_id, year,
        'hhi' as method_id,
        'production' as variant,
        hhi as score,
        hhi_low as score_low,
        hhi_high as score_high,
        cast(null as varchar) as missing_reason,
        named_share as coverage_share,
        lineage_id
    from concentrations

    {% for dimension in ['pv', 'avg6'] -%}
    {%- set default = 'default_share_' ~ dimension -%}
    union all

    select
        production_source_id, 'WLD', 'gross', 'none', material_id, stage_id, year,
        'hhi_governance',
        'production_wgi_{{ dimension }}',
        case when {{ default }} <= {{ max_default_share }} then hhi_wgi_{{ dimension }}_default end,
        greatest(
            hhi_wgi_{{ dimension }}_default - (hhi - hhi_low)
            - 0.5 * {{ default }} * {{ default }},
            0
        ),
        hhi_wgi_{{ dimension }}_default + (hhi_high - hhi) + 0.5 * {{ default }} * {{ default }},
        case when {{ default }} > {{ max_default_share }} then 'missing_governance' end,
        named_share, lineage_id
    from concentrations

    {% endfor -%}
    union all

    select
        production_source_id, 'WLD', 'gross', 'none', material_id, stage_id, year,
        'n_minus_1',
        'production_supply',
        1 - top_share, null, null, null, named_share, lineage_id
    from shares
    where top_share is not null

    union all

    select
        balances.production_source_id, 'WLD', 'gross', 'none', balances.material_id,
        balances.stage_id, balances.year,
        'n_minus_1',
        'production_balance',
        case when balances.missing_reason is null then balances.balance_ratio end,
        null, null, balances.missing_reason, shares.named_share, shares.lineage_id
    from balances
    inner join shares
        using ({{ world | join(', ') }})

    union all

    select
        cases.production_source_id, cases.entity_id,
        case when cases.entity_id like 'BLOC:%' then 'extra' else 'gross' end,
        case when cases.entity_id like 'BLOC:%' then 'as_of_today' else 'none' end,
        cases.material_id, cases.stage_id, cases.assessment_year,
        'eu_supply_risk',
        cases.parameter_version,
        risks.supply_risk, risks.supply_risk_low, risks.supply_risk_high, risks.null_reason,
        least(cases.supply_coverage_share, cases.sourcing_coverage_share), cases.lineage_id
    from cases
    inner join {{ ref('int_methods__eu_supply_risk') }} as risks
        using (
            production_source_id, entity_id, material_id, stage_id, assessment_year,
            parameter_version
        )

    union all

    select
        cases.production_source_id, cases.entity_id,
        case
            when scores.variant = 'geopolrisk_netted' and cases.entity_id like 'BLOC:%' then 'extra'
            else 'gross'
        end,
        case when cases.entity_id like 'BLOC:%' then 'as_of_today' else 'none' end,
        cases.material_id, cases.stage_id, cases.year,
        'geopolrisk',
        scores.variant,
        case
            when
                scores.null_reason is null
                and coalesce(cases.default_share, 0) <= {{ max_default_share }}
                then scores.score
        end,
        scores.score_low, scores.score_high,
        case
            when scores.null_reason is not null then scores.null_reason
            when cases.default_share > {{ max_default_share }} then 'missing_governance'
        end,
        1 - cases.default_share, cases.lineage_id
    from geopolrisk_cases as cases
    inner join {{ ref('int_methods__geopolrisk_scores') }} as scores
        using (production_source_id, entity_id, material_id, stage_id, year)

)

select
    production_source_id, entity_id, netting, membership_variant,
    material_id as item_id,
    stage_id, year, method_id,
    variant || '_' || production_source_id as variant,
    score, score_low, score_high, missing_reason, coverage_share,
    {{ distinct_parts('lineage_id', '+') }} as lineage_id
from scores
