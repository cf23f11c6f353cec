-- One row per material, stage and country: idle capacity over output, of the latest year for which
-- the publisher gives both, of one form. Output of zero gives no ratio.
with

figures as (

    select
        material_id, stage_id, country_id, form_id, year, qty_basis, source_id, edition, measure,
        quantity, quantity_low, quantity_high,
        {{ lineage_part('source_id', 'edition') }} as lineage_id
    from {{ ref('int_production__quantities') }}
    where
        known_to_date is null
        and row_kind = 'country'
        and measure in ('capacity', 'production')
        and value_status in ('reported', 'estimated', 'zero')
        and quantity is not null

)

select
    capacity.material_id, capacity.stage_id, capacity.country_id, capacity.form_id, capacity.year,
    case
        when output.quantity > 0
            then greatest(capacity.quantity - output.quantity, 0) / output.quantity
    end as spare_share,
    case
        when output.quantity_high > 0
            then
                greatest(capacity.quantity_low - output.quantity_high, 0) / output.quantity_high
    end as spare_share_low,
    case
        when output.quantity_low > 0
            then
                greatest(capacity.quantity_high - output.quantity_low, 0) / output.quantity_low
    end as spare_share_high,
    case
        when output.quantity is null or output.quantity <= 0
            then 'capacity without output: how much of it could be exported is not known'
    end as missing_reason,
    capacity.source_id, capacity.edition,
    {{ lineage_union(['capacity.lineage_id', 'output.lineage_id']) }} as lineage_id
from figures as capacity
left join figures as output
    on
        capacity.material_id = output.material_id
        and capacity.stage_id = output.stage_id
        and capacity.country_id = output.country_id
        and capacity.form_id = output.form_id
        and capacity.year = output.year
        and capacity.qty_basis = output.qty_basis
        and capacity.source_id = output.source_id
        and output.measure = 'production'
where capacity.measure = 'capacity'
qualify row_number() over (
    partition by capacity.material_id, capacity.stage_id, capacity.country_id
    order by case when output.quantity is null then 1 else 0 end, capacity.year desc, capacity.form_id
) = 1
