-- noqa: disable=LT02
with

quantities as (

    {% for publisher in [
        'int_production__quantities', 'int_production__bgs_quantities',
        'int_production__user_quantities',
    ] %}
    select
        source_id, edition, material_id, stage_id, form_id, country_id, year, quantity,
        quantity_unit, qty_basis, value_status, known_from_date
    from {{ ref(publisher) }}
    where
        is_headline_series
        and measure = 'production'
        and row_kind in ('country', 'printed_world_total')
        and country_id <> 'UNMAPPED'
    {%- if not loop.last %}

    union all
    {% endif %}
    {%- endfor %}

),

editions as (

    select
        source_id, edition, material_id, stage_id, year,
        min(known_from_date) as known_from_date
    from quantities
    group by source_id, edition, material_id, stage_id, year

),

-- within a source each edition and the next one; across sources the latest of each
succeeded as (

    select
        *,
        lead(edition) over chain as edition_to,
        lead(known_from_date) over chain as published_to_date
    from editions
    window chain as (
        partition by source_id, material_id, stage_id, year
        order by known_from_date, edition
    )

),

pairs as (

    select
        material_id, stage_id, year,
        'editions' as pair_kind,
        source_id as source_a,
        edition as edition_a,
        source_id as source_b,
        edition_to as edition_b,
        published_to_date as known_from_date
    from succeeded
    where edition_to is not null

    union all

    select
        a.material_id, a.stage_id, a.year,
        'sources' as pair_kind,
        a.source_id as source_a,
        a.edition as edition_a,
        b.source_id as source_b,
        b.edition as edition_b,
        greatest(a.known_from_date, b.known_from_date) as known_from_date
    from succeeded as a
    inner join succeeded as b
        on
            a.material_id = b.material_id
            and a.stage_id = b.stage_id
            and a.year = b.year
            and a.source_id < b.source_id
    where a.edition_to is null and b.edition_to is null

),

sides as (

    select
        pairs.*,
        quantities.country_id,
        quantities.source_id = pairs.source_a and quantities.edition = pairs.edition_a as is_a,
        quantities.quantity, quantities.quantity_unit, quantities.qty_basis, quantities.form_id,
        quantities.value_status
    from pairs
    inner join quantities
        on
            pairs.material_id = quantities.material_id
            and pairs.stage_id = quantities.stage_id
            and pairs.year = quantities.year
            and (
                (pairs.source_a = quantities.source_id and pairs.edition_a = quantities.edition)
                or (pairs.source_b = quantities.source_id and pairs.edition_b = quantities.edition)
            )

),

paired as (

    select
        material_id, stage_id, country_id, year, pair_kind, source_a, edition_a, source_b,
        edition_b,
        {%- for column in [
            'quantity', 'quantity_unit', 'qty_basis', 'form_id', 'value_status',
        ] %}
        max(case when is_a then {{ column }} end) as {{ column }}_a,
        max(case when not is_a then {{ column }} end) as {{ column }}_b,
        {%- endfor %}
        max(known_from_date) as known_from_date
    from sides
    group by
        material_id, stage_id, country_id, year, pair_kind, source_a, edition_a, source_b,
        edition_b

),

-- what neither side puts a number to cannot be compared
compared as (

    select
        paired.*,
        tolerance.threshold as tolerance,
        quantity_unit_a = quantity_unit_b
        and qty_basis_a = qty_basis_b
        -- a source that changes its series counts something else; other sources name theirs anew
        and (pair_kind = 'sources' or form_id_a = form_id_b) as is_same_basis
    from paired
    cross join {{ ref('int_dependency__thresholds') }} as tolerance
    where
        tolerance.threshold_id = 'agreement_tolerance'
        and (paired.quantity_a is not null or paired.quantity_b is not null)

)

select
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(year as integer) as year,
    cast(source_a as varchar) as source_id_a,
    cast(edition_a as varchar) as edition_a,
    cast(source_b as varchar) as source_id_b,
    cast(edition_b as varchar) as edition_b,
    cast(pair_kind as varchar) as pair_kind,
    cast(quantity_a as double) as quantity_a,
    cast(quantity_b as double) as quantity_b,
    cast(coalesce(quantity_unit_a, quantity_unit_b) as varchar) as quantity_unit,
    cast(qty_basis_a as varchar) as qty_basis_a,
    cast(qty_basis_b as varchar) as qty_basis_b,
    cast(form_id_a as varchar) as form_id_a,
    cast(form_id_b as varchar) as form_id_b,
    cast(coalesce(value_status_a, 'not_listed') as varchar) as value_status_a,
    cast(coalesce(value_status_b, 'not_listed') as varchar) as value_status_b,
    cast(
        case when is_same_basis and quantity_a > 0 then quantity_b / quantity_a end as double
    ) as quantity_ratio,
    cast(case
        when quantity_a is null or quantity_b is null then 'one_missing'
        when not is_same_basis then 'basis_differs'
        when abs(quantity_b - quantity_a) <= tolerance * greatest(quantity_a, quantity_b)
            then 'agree'
        else 'differ'
    end as varchar) as agreement_class,
    cast(known_from_date as date) as known_from_date,
    cast(source_a || '@' || edition_a || '+' || source_b || '@' || edition_b as varchar)
        as lineage_id
from compared
