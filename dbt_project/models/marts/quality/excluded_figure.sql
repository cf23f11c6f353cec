with

excluded as (

    select * from {{ ref('int_production__excluded') }}

),

with_reasons as (

    select
        * exclude (reason),
        case reason_id
            when 'magnitude_slip'
                then
                    'about 10^' || cast(round(log_ratio) as integer)
                    || ' times ' || evidence
                    || '; unit as read: ' || coalesce(printed_unit, 'none')
            when 'unit_unknown'
                then
                    'a number without a unit that is known; printed: '
                    || coalesce(printed_unit, 'none')
            when 'label_undecided'
                then
                    'nobody has decided what this label measures'
                    || coalesce('; the nearest known one is ' || nearest_label, '')
            else reason
        end as reason
    from excluded

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(table_name as varchar) as table_name,
    cast(commodity_label as varchar) as commodity_label,
    cast(label as varchar) as label,
    cast(statistic as varchar) as statistic,
    cast(reason_id as varchar) as reason_id,
    cast(reason as varchar) as reason,
    cast(reason_id in ('magnitude_slip', 'unit_unknown') as boolean) as is_quarantined,
    cast(nearest_label as varchar) as nearest_label,
    cast(likely_material_id as varchar) as likely_material_id,
    cast(is_hiding_production as boolean) as is_hiding_production,
    cast(n_figures as integer) as n_figures,
    cast(log_ratio as double) as median_log10_ratio,
    cast(first_value_text as varchar) as first_value_text,
    cast(first_row_locator as varchar) as first_row_locator,
    cast(known_from_date as date) as known_from_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from with_reasons
