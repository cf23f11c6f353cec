{{ config(
    description="A reported, estimated or zero cell has a number or a band; a withheld or missing "
        ~ "one has none; a value lies in its band."
) }}
with

world as (

    select
        'world' as table_name,
        row_locator, value_status,
        quantity as cell,
        quantity_low as cell_low,
        quantity_high as cell_high
    from {{ ref('stg_usgs_mcs__world') }}
    -- without a unit the staging model gives no quantity
    where quantity_unit is not null

),

salient as (

    select
        'salient' as table_name,
        row_locator, value_status,
        value as cell,
        value_low as cell_low,
        value_high as cell_high
    from {{ ref('stg_usgs_mcs__salient') }}

),

import_sources as (

    select
        'import_sources' as table_name,
        row_locator, value_status,
        import_share as cell,
        import_share_low as cell_low,
        case when import_share_low is not null then import_share_high end as cell_high
    from {{ ref('stg_usgs_mcs__import_sources') }}

),

statistics as (

    select
        'statistics' as table_name,
        row_locator, value_status,
        quantity as cell,
        quantity_low as cell_low,
        quantity_high as cell_high
    from {{ ref('stg_bgs_wms__production') }}
    where quantity_unit is not null

),

own_tables as (

    select
        'production' as table_name,
        row_locator, value_status,
        quantity as cell,
        quantity as cell_low,
        quantity as cell_high
    from {{ ref('stg_user_production__production') }}
    where quantity_unit is not null

),

cells as (

    select * from world
    union all
    select * from salient
    union all
    select * from import_sources
    union all
    select * from statistics
    union all
    select * from own_tables

)

select * from cells
where
    (
        cell is not null
        and value_status in (
            'withheld', 'not_available', 'not_applicable', 'net_exporter', 'included_elsewhere'
        )
    )
    or (
        cell is null
        and cell_low is null
        and cell_high is null
        and value_status in ('reported', 'estimated', 'zero')
    )
    or cell_low > cell_high
    or cell < cell_low
    or cell > cell_high
