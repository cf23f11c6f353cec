with

shares as (

    select * from {{ ref('int_production__shares') }}

),

ranked as (

    select
        *,
        -- only listed countries with a number compete; "other countries" is a bucket, not a rival
        case
            when row_kind = 'country' and quantity > 0 then rank() over (
                partition by
                    source_id, edition, material_id, stage_id, year, denominator,
                    row_kind = 'country' and quantity > 0
                order by quantity desc nulls last
            )
        end as place
    from shares

),

flagged as (

    select
        *,
        case when abs(total_gap_share) > 0.05 then '|TOTAL_GAP' else '' end
        || case when total_excludes_us then '|TOTAL_WITHOUT_US' else '' end
        || case when printed_total is null then '|NO_PRINTED_TOTAL' else '' end
        || case when n_unknown > 0 then '|UNKNOWN_PRODUCER' else '' end
        || case when coalesce(unmapped_quantity, 0) > 0 then '|UNMAPPED_COUNTRY' else '' end
        || case when n_withheld > 0 then '|WITHHELD_PRODUCER' else '' end as flags
    from ranked

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(material_id as varchar) as material_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(year as integer) as year,
    cast(denominator as varchar) as denominator,
    cast(row_kind as varchar) as row_kind,
    cast(form_id as varchar) as form_id,
    cast(production_share as double) as production_share,
    cast(production_share_low as double) as production_share_low,
    cast(production_share_high as double) as production_share_high,
    cast(quantity as double) as quantity,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(qty_basis as varchar) as qty_basis,
    cast(denominator_quantity as double) as denominator_quantity,
    cast(value_status as varchar) as value_status,
    cast(value_operator as varchar) as value_operator,
    cast(place as integer) as rank,
    cast(true as boolean) as is_headline,
    cast(known_to_date is null as boolean) as is_latest_edition,
    cast(total_gap_share as double) as total_gap_share,
    cast(case
        when abs(total_gap_share) > 0.05 or printed_total is null then 'D'
        when n_withheld > 0 or n_unknown > 0 or total_excludes_us then 'C'
        when n_estimated > 0 then 'B'
        else 'A'
    end as varchar) as quality_grade,
    cast(substr(flags, 2) as varchar) as quality_flags,
    cast(
        case when total_excludes_us then null else sum_rows / nullif(printed_total, 0) end as double
    ) as coverage_share,
    cast(coalesce(unmapped_quantity, 0) / nullif(sum_rows, 0) as double) as unmapped_share,
    cast(edition as varchar) as source_edition_max,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from flagged
