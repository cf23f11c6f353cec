-- One row per bloc, membership variant, item and period: how many members there are, of how many the
-- item is measured, from which sources, and how much of their trade the measured codes carry. A
-- member that nothing measures counts as unmeasured, by what it imported in the nearest year; where
-- that is not known either, nor is the bloc's coverage.
-- noqa: disable=LT02
{{ config(tags=['spark']) }}
{% set item_period = ['item_kind', 'item_id', 'stage_id', 'period_type', 'period_start_date'] %}
{% set key = ['bloc_id', 'membership_variant'] + item_period %}
with

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

item_measurements as (

    select * from {{ ref('int_trade__item_measurements') }}

),

imports as (

    select
        importer_id, {{ item_period | join(', ') }},
        {{ exact_sum('value_usd') }} as imports_usd
    from {{ ref('int_trade__item_flows') }}
    where not is_reimport
    group by all

),

sizes as (

    select
        bloc_id, membership_variant, period_end_date,
        count(*) as n_members
    from members
    group by all

),

member_items as (

    select
        members.bloc_id, members.membership_variant,
        items.*,
        coalesce(imports.imports_usd, 0) as imports_usd
    from item_measurements as items
    inner join members
        on
            items.importer_id = members.country_id
            and items.period_end_date = members.period_end_date
    left join imports
        using (importer_id, {{ item_period | join(', ') }})

),

item_periods as (

    select distinct
        {{ key | join(', ') }}, period_end_date, year
    from member_items

),

thresholds as (

    select threshold as neighbour_years
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'coverage_neighbour_years'

),

-- CEPII's data has every importer: who is not in a year of it imported nothing of these codes
whole_world as (

    select
        item_kind, item_id, stage_id, period_type, period_start_date,
        count(distinct series_code) as n_series
    from (
        select distinct
            period_type, period_start_date, nomenclature, series_code
        from {{ ref('int_trade__measurements') }}
        where measurement_kind = 'reconciled'
    ) as reconciled
    inner join {{ ref('int_trade__series_codes') }}
        using (nomenclature, series_code)
    inner join {{ ref('int_dependency__item_products') }}
        using (nomenclature, product_code)
    group by all

),

series_mapped as (

    select
        {{ item_period | join(', ') }},
        max(n_products_mapped) as n_series
    from item_measurements
    group by all

),

absent as (

    select
        item_periods.*,
        members.country_id
    from item_periods
    inner join members
        using (bloc_id, membership_variant, period_end_date)
    anti join item_measurements
        on
            members.country_id = item_measurements.importer_id
            {%- for column in item_period %}
            and item_periods.{{ column }} = item_measurements.{{ column }}
            {%- endfor %}
    anti join (
        select whole_world.*
        from whole_world
        inner join series_mapped
            using ({{ item_period | join(', ') }})
        where whole_world.n_series >= series_mapped.n_series
    ) as covered
        on
            {% for column in item_period %}{{ "and " if not loop.first }}item_periods.{{ column }} = covered.{{ column }}
            {% endfor %}

),

yearly as (

    select
        items.importer_id, items.item_kind, items.item_id, items.stage_id, items.year,
        coalesce(imports.imports_usd, 0) / items.coverage_share as imports_usd
    from item_measurements as items
    left join imports
        using (importer_id, {{ item_period | join(', ') }})
    where items.period_type = 'A' and items.coverage_share > 0

),

absent_weights as (

    select
        {% for column in key %}absent.{{ column }}, {% endfor %}absent.country_id,
        min_by(yearly.imports_usd, (abs(yearly.year - absent.year), yearly.year))
        / max(case when absent.period_type = 'M' then 12 else 1 end) as imports_usd
    from absent
    cross join thresholds
    left join yearly
        on
            absent.country_id = yearly.importer_id
            and absent.item_kind = yearly.item_kind
            and absent.item_id = yearly.item_id
            and absent.stage_id = yearly.stage_id
            and yearly.year between
            absent.year - thresholds.neighbour_years and absent.year + thresholds.neighbour_years
    group by all

),

absences as (

    select
        {{ key | join(', ') }},
        count(*) > count(imports_usd) as has_unknown,
        {{ exact_sum('imports_usd') }} as imports_usd
    from absent_weights
    group by all

),

-- a member's trade of which the measured part is unknown counts as unmeasured
counted as (

    select
        {{ key | join(', ') }},
        max(period_end_date) as period_end_date,
        max(year) as year,
        count(*) as n_members_reporting,
        coalesce({{ exact_sum('imports_usd', filter='coverage_share > 0') }}, 0) as measured_usd,
        {{ exact_sum(
            'case when coverage_share > 0 then imports_usd / coverage_share else imports_usd end'
        ) }} as all_usd,
        max(n_products) as n_products,
        max(n_products_mapped) as n_products_mapped,
        {{ listagg_distinct('coverage_method', '|') }} as coverage_method,
        max(denominator_scope) as denominator_scope,
        bool_and(is_complete) as is_complete,
        bool_or(is_truncated) as is_truncated,
        bool_or(has_supplier_reports) as has_supplier_reports,
        max(known_from_date) as known_from_date
    from member_items
    group by all

),

-- what the members of today and of the period were measured on (a candidate's bloc is measured as
-- today's)
lists as (

    select distinct
        {{ key | join(', ') }}, source_ids, editions_text, nomenclature, bases, product_codes,
        lineage_id, preferred_reason
    from member_items
    where membership_variant in ('as_of_today', 'as_of_period') and imports_usd > 0

),

code_sources as (

    select
        {{ key | join(', ') }},
        {{ listagg_ordered("concat(n_members, ' x ', code_sources)", '; ', 'code_sources') }}
            as code_sources
    from (
        select
            {{ key | join(', ') }}, code_sources,
            count(*) as n_members
        from member_items
        where membership_variant in ('as_of_today', 'as_of_period')
        group by all
    ) as counted_sources
    group by all

),

{% for name in ['source_ids', 'editions_text', 'nomenclature', 'bases', 'product_codes'] %}
{{ name }}_union as (

    select
        {{ key | join(', ') }},
        {{ listagg_distinct('part', '|') }} as {{ name }}
    from (
        {{ split_list(
            '(select distinct ' ~ (key | join(', ')) ~ ', ' ~ name ~ ' from lists)', key, name,
            'part'
        ) | indent(8) }}
    ) as parts
    group by all

),

{% endfor %}
lineages as (

    select
        {{ key | join(', ') }},
        {{ listagg_distinct('part', '+') }} as lineage_id
    from (
        {{ split_list(
            '(select distinct ' ~ (key | join(', ')) ~ ', lineage_id from lists)', key,
            'lineage_id', 'part', separator='+', max_parts=1000
        ) | indent(8) }}
    ) as parts
    group by all

),

reasons as (

    select
        {{ key | join(', ') }},
        case
            when count(distinct preferred_reason) = 1 then min(preferred_reason)
            else 'each member and code from the source that measures it'
        end as preferred_reason
    from lists
    group by all

)

select
    {% for column in key %}counted.{{ column }}, {% endfor %}
    counted.period_end_date, counted.year,
    cast(sizes.n_members as integer) as n_members,
    cast(counted.n_members_reporting as integer) as n_members_reporting,
    -- sums in another order differ in the last digits: that is no other coverage
    case when not coalesce(absences.has_unknown, false) then
        round(
            counted.measured_usd / nullif(counted.all_usd + coalesce(absences.imports_usd, 0), 0), 12
        )
    end as coverage_share,
    case
        when absences.has_unknown then 'unknown'
        when absences.imports_usd > 0 then 'own_neighbouring_year'
        else counted.coverage_method
    end as coverage_method,
    counted.n_products, counted.n_products_mapped,
    counted.denominator_scope, counted.is_complete, counted.is_truncated,
    counted.has_supplier_reports, counted.known_from_date,
    source_ids_union.source_ids, editions_text_union.editions_text, nomenclature_union.nomenclature,
    bases_union.bases, product_codes_union.product_codes, lineages.lineage_id,
    reasons.preferred_reason, code_sources.code_sources
from counted
inner join sizes
    using (bloc_id, membership_variant, period_end_date)
{%- for name in ['source_ids', 'editions_text', 'nomenclature', 'bases', 'product_codes'] %}
left join {{ name }}_union
    using ({{ key | join(', ') }})
{%- endfor %}
left join absences
    using ({{ key | join(', ') }})
left join lineages
    using ({{ key | join(', ') }})
left join code_sources
    using ({{ key | join(', ') }})
left join reasons
    using ({{ key | join(', ') }})
