-- One row per importer, item and period: the codes of the item that are measured, each in the source
-- chosen for it, and how much of the item's trade they carry.
-- noqa: disable=LT02
{{ config(tags=['spark']) }}
{% set item = ['item_kind', 'item_id', 'stage_id'] %}
{% set cell = ['importer_id', 'period_type', 'period_start_date'] %}
with

choices as (

    select * from {{ ref('int_trade__item_choices') }}

),

item_products as (

    select * from {{ ref('int_dependency__item_products') }}

),

series as (

    select * from {{ ref('int_trade__series_codes') }}

),

thresholds as (

    select
        max(case when threshold_id = 'coverage_neighbour_years' then threshold end)
            as neighbour_years,
        max(case when threshold_id = 'coverage_limit' then threshold end) as coverage_limit,
        max(case when threshold_id = 'other_importers' then threshold end) as other_importers
    from {{ ref('int_dependency__thresholds') }}

),

-- BACI's codes of HS1992 hold what was filed in the revision of the year: 811230, germanium until
-- HS2002, has since had no more than the trade of late adopters
revisions as (

    select
        listed.nomenclature, listed.first_year, listed.last_year
    from (
        values
        ('HS2022', 2022, 9999), ('HS2017', 2017, 2021), ('HS2012', 2012, 2016),
        ('HS2007', 2007, 2011), ('HS1992', 0, 2006)
    ) as listed (nomenclature, first_year, last_year)

),

-- HS2007 has no tables of its own: each of its codes is one of HS1992 or HS2012 as well
listed_items as (

    select
        nomenclature, product_code, {{ item | join(', ') }},
        nomenclature as revision
    from item_products
    where item_kind <> 'product'
    union all
    select
        items.nomenclature, items.product_code,
        {% for column in item %}items.{{ column }}, {% endfor %}'HS2007' as revision
    from item_products as items
    semi join {{ ref('stg_reference__hs_items') }} as codes
        on
            items.product_code = codes.hs6
            and items.item_kind = codes.item_kind
            and items.item_id = codes.item_id
            and codes.valid_hs2007
    where items.nomenclature in ('HS1992', 'HS2012')

),

-- the codes that an item has in the revision of a year, as series
item_series as (

    select distinct
        {% for column in item %}items.{{ column }}, {% endfor %}series.series_code,
        revisions.first_year, revisions.last_year
    from listed_items as items
    inner join series
        using (nomenclature, product_code)
    inner join revisions
        on items.revision = revisions.nomenclature

),

parties as (

    select country_id from {{ ref('stg_registers__partner_memberships') }}
    union
    select country_id from {{ ref('stg_reference__countries') }} where country_id in ('CHN', 'TWN', 'CAN')

),

named as (

    select distinct
        {% for column in item %}items.{{ column }}, {% endfor %}
        series.series_code, items.nomenclature
    from item_products as items
    inner join series
        using (nomenclature, product_code)

),

importer_totals as (

    select
        measurements.importer_id,
        {% for column in item %}named.{{ column }}, {% endfor %}
        bool_or(
            parties.country_id is not null
            or measurements.measurement_kind not in ('reconciled', 'supplier_reports')
        ) as is_described,
        sum(measurements.imports_usd) filter (
            where measurements.measurement_kind = 'reconciled'
        ) as reconciled_usd
    from {{ ref('int_trade__measurements') }} as measurements
    inner join named
        using (nomenclature, series_code)
    left join parties
        on measurements.importer_id = parties.country_id
    group by all

),

-- the parties of the partnership and their neighbours, whoever has filed, and the largest of all
-- other importers in CEPII's data, which no filing changes
importers as (

    select
        importer_id, {{ item | join(', ') }}
    from importer_totals
    cross join thresholds
    qualify
        is_described
        or reconciled_usd > 0
        and row_number() over (
            partition by is_described, {{ item | join(', ') }}
            order by reconciled_usd desc nulls last, importer_id
        ) <= thresholds.other_importers

),

-- national lines that say how much of a code is the item: they are behind its value as well
lines as (

    select
        importer_id, nomenclature, product_code, item_id, period_type, period_start_date,
        {{ lineage_part('source_id', 'edition') }} as lineage_id
    from {{ ref('int_trade__line_shares') }}
    where exporter_id = 'ALL' and (is_complete or lacks_residual_only)
    qualify row_number() over (
        partition by
            importer_id, nomenclature, product_code, item_id, period_type, period_start_date
        order by known_from_date desc, edition desc, source_id
    ) = 1

),

-- what the chosen source of a code measures: the materials and goods of the revision it is in
measured as (

    select
        {% for column in cell %}choices.{{ column }}, {% endfor %}
        {% for column in item %}items.{{ column }}, {% endfor %}
        choices.series_code, measurements.year, measurements.period_end_date,
        measurements.source_id, measurements.edition, measurements.nomenclature,
        measurements.flow_basis, measurements.denominator_scope,
        case
            when choices.is_separated then 'declared' else measurements.measurement_kind
        end as measurement_kind,
        case
            when choices.is_separated then 'national lines that are the item'
            else measurements.kind_note
        end as kind_note,
        case
            when choices.is_separated then 1.0 else measurements.partner_coverage_share
        end as partner_coverage_share,
        measurements.known_from_date, measurements.lineage_id,
        {{ lineage_of('lines.lineage_id') }} as line_lineage_id,
        {{ listagg_distinct('items.product_code', '|') }} as product_codes,
        max(measurements.imports_usd) as imports_usd,
        bool_or(measurements.is_complete or choices.is_separated) as is_complete,
        bool_or(measurements.is_truncated) as is_truncated,
        bool_or(measurements.is_contradicted) as is_contradicted
    from choices
    inner join {{ ref('int_trade__measurements') }} as measurements
        using (
            importer_id, series_code, period_type, period_start_date, source_id, edition,
            nomenclature, flow_basis, denominator_scope
        )
    inner join series
        using (nomenclature, series_code)
    inner join item_products as items
        on
            series.nomenclature = items.nomenclature
            and series.product_code = items.product_code
            {%- for column in item %}
            and choices.{{ column }} = items.{{ column }}
            {%- endfor %}
    left join lines
        on
            choices.importer_id = lines.importer_id
            and choices.period_type = lines.period_type
            and choices.period_start_date = lines.period_start_date
            and items.nomenclature = lines.nomenclature
            and items.product_code = lines.product_code
            and case when items.is_basket then items.item_id end = lines.item_id
    semi join importers
        on
            measurements.importer_id = importers.importer_id
            {%- for column in item %}
            and choices.{{ column }} = importers.{{ column }}
            {%- endfor %}
    group by all

),

-- the item as a whole: codes of its year's revision, and whatever else was measured of it
universe as (

    select distinct
        {% for column in cell %}measured.{{ column }}, {% endfor %}
        {% for column in item %}measured.{{ column }}, {% endfor %}
        measured.year, item_series.series_code
    from measured
    inner join item_series
        using ({{ item | join(', ') }})
    where measured.year between item_series.first_year and item_series.last_year
    union
    select
        {{ cell | join(', ') }}, {{ item | join(', ') }}, year, series_code
    from measured

),

placed as (

    select
        universe.*,
        measured.imports_usd, measured.partner_coverage_share,
        measured.source_id is not null as is_measured,
        -- what all partners sold, the unlisted among them
        measured.imports_usd / measured.partner_coverage_share as weight_usd,
        bool_and(coalesce(measured.partner_coverage_share = 1, false)) over items as is_whole,
        bool_and(coalesce(measured.partner_coverage_share >= thresholds.coverage_limit, false))
            over items as has_all_codes
    from universe
    left join measured
        using ({{ cell | join(', ') }}, {{ item | join(', ') }}, year, series_code)
    cross join thresholds
    window items as (
        partition by {% for column in cell + item %}universe.{{ column }}{{ ", " if not loop.last }}{% endfor %}
    )

),

partial as (

    select
        *,
        count(*) over (partition by {{ (cell + item) | join(', ') }}) as n_codes
    from placed
    where not is_whole

),

-- weights of the codes: what they carried where all of them were measured, first for the importer
-- itself in the nearest year, then for all importers
wholes as (

    select * from placed
    where has_all_codes and period_type = 'A'

),

own_years as (

    select
        {% for column in cell + item %}partial.{{ column }}, {% endfor %}
        partial.year,
        wholes.year as weight_year
    from partial
    cross join thresholds
    inner join wholes
        using (importer_id, period_type, series_code, {{ item | join(', ') }})
    where abs(wholes.year - partial.year) <= thresholds.neighbour_years
    group by partial.{{ (cell + item) | join(', partial.') }}, partial.year, wholes.year
    having count(*) = min(partial.n_codes)

),

own_weights as (

    select
        nearest.{{ (cell + item) | join(', nearest.') }},
        wholes.series_code, wholes.weight_usd
    from (
        select
            {{ (cell + item) | join(', ') }},
            min_by(weight_year, (abs(weight_year - year), weight_year)) as weight_year
        from own_years
        group by {{ (cell + item) | join(', ') }}
    ) as nearest
    inner join wholes
        on
            nearest.importer_id = wholes.importer_id
            and nearest.period_type = wholes.period_type
            {%- for column in item %}
            and nearest.{{ column }} = wholes.{{ column }}
            {%- endfor %}
            and nearest.weight_year = wholes.year

),

pooled as (

    select
        {{ item | join(', ') }}, series_code, year,
        sum(weight_usd) as weight_usd
    from wholes
    group by all

),

-- a year whose codes are not all of these has no weights for them
pooled_years as (

    select
        {% for column in cell + item %}partial.{{ column }}, {% endfor %}
        partial.year,
        pooled.year as weight_year
    from partial
    inner join pooled
        using (series_code, {{ item | join(', ') }})
    group by partial.{{ (cell + item) | join(', partial.') }}, partial.year, pooled.year
    having count(*) = min(partial.n_codes)

),

pooled_weights as (

    select
        nearest.{{ (cell + item) | join(', nearest.') }},
        pooled.series_code, pooled.weight_usd
    from (
        select
            {{ (cell + item) | join(', ') }},
            min_by(weight_year, (abs(weight_year - year), weight_year)) as weight_year
        from pooled_years
        group by {{ (cell + item) | join(', ') }}
    ) as nearest
    inner join pooled
        on
            nearest.weight_year = pooled.year
            {%- for column in item %}
            and nearest.{{ column }} = pooled.{{ column }}
            {%- endfor %}

),

weighed as (

    select
        partial.*,
        own_weights.weight_usd as own_usd,
        pooled_weights.weight_usd as pooled_usd
    from partial
    left join own_weights
        using ({{ cell | join(', ') }}, {{ item | join(', ') }}, series_code)
    left join pooled_weights
        using ({{ cell | join(', ') }}, {{ item | join(', ') }}, series_code)

),

coverage as (

    select
        {{ cell | join(', ') }}, {{ item | join(', ') }},
        {%- for name in ['own', 'pooled'] %}
        count({{ name }}_usd) = count(*) and sum({{ name }}_usd) > 0 as has_{{ name }},
        {{ exact_sum(
            'case when is_measured then ' ~ name ~ '_usd * partner_coverage_share else 0 end'
        ) }}
            / nullif(sum({{ name }}_usd), 0) as {{ name }}_share,
        {%- endfor %}
        bool_or(is_measured and partner_coverage_share is null) as has_unknown,
        bool_and(has_all_codes) as has_all_codes,
        sum(imports_usd) / nullif(sum(weight_usd), 0) as partner_share
    from weighed
    group by all

),

summed as (

    select
        {{ cell | join(', ') }}, {{ item | join(', ') }},
        max(period_end_date) as period_end_date,
        max(year) as year,
        {{ listagg_distinct('source_id', '|') }} as source_ids,
        {{ listagg_distinct('edition', '|') }} as editions_text,
        {{ listagg_distinct('nomenclature', '|') }} as nomenclature,
        {{ listagg_distinct('flow_basis', '|') }} as bases,
        {{ listagg_distinct('measurement_kind', '|') }} as measurement_kinds,
        {{ listagg_distinct('kind_note', '; ') }} as kind_notes,
        {{ distinct_parts(lineage_of(lineage_union(['lineage_id', 'line_lineage_id'])), '+') }}
            as lineage_id,
        {{ listagg_ordered('product_codes', '|', 'product_codes') }} as product_codes,
        {{ listagg_ordered(
            "concat(series_code, '=', source_id, ' ', flow_basis)", '|', 'series_code'
        ) }} as code_sources,
        count(*) as n_series,
        max(denominator_scope) as denominator_scope,
        bool_and(is_complete) as is_complete,
        bool_or(is_truncated) as is_truncated,
        bool_or(measurement_kind = 'supplier_reports') as has_supplier_reports,
        max(known_from_date) as known_from_date
    from measured
    group by all

),

mapped as (

    select
        {{ cell | join(', ') }}, {{ item | join(', ') }},
        count(*) as n_series_mapped,
        bool_and(is_whole) as is_whole,
        {{ listagg_ordered(
            'case when not is_measured then series_code end', '|', 'series_code'
        ) }} as unmeasured_codes
    from placed
    group by all

)

select
    summed.*,
    contains(summed.bases, '|') as is_mixed_basis,
    case when contains(summed.bases, '|') then 'reconciled_fob' else summed.bases end
        as flow_basis,
    case
        when contains(summed.measurement_kinds, '|') then 'each code from the source that measures it'
        else summed.kind_notes
    end as preferred_reason,
    cast(mapped.n_series_mapped as integer) as n_products_mapped,
    cast(summed.n_series as integer) as n_products,
    mapped.unmeasured_codes,
    -- sums in another order differ in the last digits: that is no other coverage
    round(
        case
            when mapped.is_whole then 1.0
            when coverage.has_unknown then null
            when coverage.has_all_codes then coverage.partner_share
            -- a code that nobody traded where all were measured may be traded here
            when coverage.has_own then least(coverage.own_share, 0.999)
            when coverage.has_pooled then least(coverage.pooled_share, 0.999)
        end, 12
    ) as coverage_share,
    case
        when mapped.is_whole then 'complete'
        when coverage.has_unknown then 'unknown'
        when coverage.has_all_codes and coverage.partner_share is not null then 'listed_partners'
        when coverage.has_own then 'own_neighbouring_year'
        when coverage.has_pooled then 'all_importers'
        else 'unknown'
    end as coverage_method
from summed
inner join mapped
    using ({{ cell | join(', ') }}, {{ item | join(', ') }})
left join coverage
    using ({{ cell | join(', ') }}, {{ item | join(', ') }})
