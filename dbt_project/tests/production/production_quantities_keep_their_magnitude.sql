-- A quantity that is ten times or a tenth of what the edition before says of the same country and
-- series (any year): most likely a unit that the publisher has wrong, so a row is missing in
-- unit_overrides.csv. Below 100 units a ratio says nothing.
{{ config(severity = 'warn') }}

with

printed as (

    select
        source_id,
        edition,
        material_id,
        stage_id,
        form_id,
        measure,
        country_id,
        min(known_from_date) as known_from_date,
        avg(quantity) as quantity
    from {{ ref('fct_production') }}
    where row_kind = 'printed_world_total' and quantity > 0
    group by source_id, edition, material_id, stage_id, form_id, measure, country_id

),

compared as (

    select
        *,
        lag(quantity) over (
            partition by source_id, material_id, stage_id, form_id, measure, country_id
            order by known_from_date
        ) as quantity_before
    from printed

)

select *
from compared
where
    quantity_before >= 100
    and (quantity / quantity_before > 10 or quantity / quantity_before < 0.1)
