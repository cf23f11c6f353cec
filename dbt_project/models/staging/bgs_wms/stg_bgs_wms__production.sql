with

landed as (

    select * from {{ source_as_known('bgs_wms', 'statistics') }}
    where bgs_statistic_type_trans = 'Production'

),

settled as (

    select
        *,
        lower(bgs_commodity_trans) as commodity_label,
        lower(bgs_sub_commodity_trans)
        -- only a note states that the lithium of Australia and Chile is in hydroxide, made out of
        -- what the rows of spodumene and carbonate count already
        || case
            when
                lower(bgs_sub_commodity_trans) like '%li content%'
                and lower(figure_note) like '%hydroxide%'
                then ', as hydroxide'
            else ''
        end as sub_label,
        -- blank units are left blank: such a row has a number and no quantity
        case
            when lower(units) like 'tonnes%' then 't'
            when lower(units) like 'kilograms%' then 't'
            when lower(units) like 'carats%' then 'carat'
            when lower(units) like 'million cubic metres%' then 'm3'
        end as quantity_unit,
        case
            when lower(units) like 'kilograms%' then 0.001
            when lower(units) like 'million cubic metres%' then 1000000.0
            else 1.0
        end as factor
    from landed

)

select
    'bgs_wms' as source_id,
    edition, commodity_label, sub_label,
    country_trans as country_text,
    country_iso2_code, country_iso3_code, year,
    quantity_in_book_style as value_text,
    case when quantity_unit is not null then quantity * factor end as quantity,
    case when quantity_unit is not null then quantity_low * factor end as quantity_low,
    case when quantity_unit is not null then quantity_high * factor end as quantity_high,
    quantity_unit,
    units as printed_unit,
    value_status, value_operator, is_estimated, is_break, figure_note, table_note, known_from_date,
    payload_sha256, row_locator
from settled
