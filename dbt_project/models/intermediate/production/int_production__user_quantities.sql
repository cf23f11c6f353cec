-- One row per material, stage, country and year of a user's own tables, in the columns of
-- `int_production__quantities`: beside the publishers' figures, never blended with them. A series of
-- a material and stage is the table's own, so that it has no form of a publisher.
with

cells as (

    select * from {{ ref('stg_user_production__production') }}

),

located as (

    select
        cells.*,
        materials.material_id, stages.stage_id,
        coalesce(countries.country_id, 'UNMAPPED') as known_country_id
    from cells
    inner join {{ ref('stg_reference__minerals') }} as materials
        on cells.material_label = materials.material_id
    inner join {{ ref('stg_reference__stages') }} as stages
        on cells.stage_label = stages.stage_id
    left join {{ ref('stg_reference__countries') }} as countries
        on cells.country_id = countries.country_id
    where cells.quantity_unit is not null

),

added as (

    select
        source_id, edition,
        known_country_id as country_id,
        row_kind, material_id, stage_id,
        'own_table' as form_id,
        year,
        {{ exact_sum('quantity') }} as quantity,
        max(quantity_unit) as quantity_unit,
        max(qty_basis) as qty_basis,
        count(*) as n_cells,
        count(quantity) as n_numbers,
        bool_or(value_status = 'estimated') as has_estimated,
        bool_or(value_status = 'reported') as has_reported,
        max(case when quantity is null then value_status end) as reason,
        string_agg(value_text, ' + ' order by row_locator) as value_text,
        {{ listagg_distinct('note', ' | ') }} as note,
        min(known_from_date) as known_from_date
    from located
    group by source_id, edition, known_country_id, row_kind, material_id, stage_id, year

),

editions as (

    select
        edition, material_id, stage_id, year,
        lead(min(known_from_date)) over (
            partition by material_id, stage_id, year order by min(known_from_date), edition
        ) as known_to_date
    from added
    group by edition, material_id, stage_id, year

)

select
    added.source_id, added.edition, added.country_id, added.row_kind, added.material_id,
    added.stage_id, added.form_id,
    'production' as measure,
    added.year, added.quantity,
    added.quantity as quantity_low,
    case when added.n_numbers = added.n_cells then added.quantity end as quantity_high,
    added.quantity_unit, added.qty_basis,
    case
        when added.n_numbers = 0 then added.reason
        when added.has_estimated then 'estimated'
        when added.has_reported then 'reported'
        else 'zero'
    end as value_status,
    case when added.n_numbers > 0 and added.n_numbers < added.n_cells then '>=' else '=' end
        as value_operator,
    added.value_text,
    added.has_estimated as is_estimated,
    true as is_headline_series,
    false as is_unit_overridden,
    false as includes_hk,
    false as excludes_us,
    added.note, added.n_cells, added.known_from_date, editions.known_to_date
from added
inner join editions
    using (edition, material_id, stage_id, year)
