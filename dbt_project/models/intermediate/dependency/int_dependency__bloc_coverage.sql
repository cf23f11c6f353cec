-- One row per bloc, membership variant, item and period: how many members there are, of how many the
-- item is measured, from which sources, and how much of their trade the measured codes carry.
-- noqa: disable=LT02
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
        sum(value_usd) as imports_usd
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

-- a member's trade of which the measured part is unknown counts as unmeasured
counted as (

    select
        {{ key | join(', ') }},
        max(period_end_date) as period_end_date,
        max(year) as year,
        count(*) as n_members_reporting,
        coalesce(sum(imports_usd) filter (where coverage_share > 0), 0) as measured_usd,
        coalesce(sum(imports_usd / coverage_share) filter (where coverage_share > 0), 0)
        + coalesce(sum(imports_usd) filter (where coalesce(coverage_share, 0) = 0), 0) as all_usd,
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
    counted.measured_usd / nullif(counted.all_usd, 0) as coverage_share,
    counted.coverage_method, counted.n_products, counted.n_products_mapped,
    counted.denominator_scope, counted.is_complete, counted.is_truncated,
    counted.has_supplier_reports, counted.known_from_date,
    source_ids_union.source_ids, editions_text_union.editions_text, nomenclature_union.nomenclature,
    bases_union.bases, product_codes_union.product_codes, lineages.lineage_id,
    reasons.preferred_reason
from counted
inner join sizes
    using (bloc_id, membership_variant, period_end_date)
{%- for name in ['source_ids', 'editions_text', 'nomenclature', 'bases', 'product_codes'] %}
left join {{ name }}_union
    using ({{ key | join(', ') }})
{%- endfor %}
left join lineages
    using ({{ key | join(', ') }})
left join reasons
    using ({{ key | join(', ') }})
