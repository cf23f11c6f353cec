-- What the trade sources cover, per importer and tier of the AI stack: per product the best
-- that any source offers, then all products of the tier. A product without a row for the
-- importer and year is not covered: the grid is the products of the tier, not the products found.
with

coverage as (

    select * from {{ ref('int_trade__coverage') }}

),

bridge as (

    select * from {{ ref('bridge_product_material') }}

),

stages as (

    select * from {{ ref('dim_stage') }}

),

tiers_of_products as (

    select distinct bridge.product_code, stages.tier_id
    from bridge
    inner join stages
        on bridge.stage_id = stages.stage_id

),

best_of_sources as (

    select
        importer_id, year, product_code,
        min(case coverage_status
            when 'reported' then 1
            when 'truncated' then 2
            when 'incomplete' then 3
            else 4
        end) as status_rank
    from coverage
    group by importer_id, year, product_code

),

importers as (

    select distinct importer_id, year from coverage

),

grid as (

    select
        importers.importer_id, importers.year, tiers_of_products.tier_id,
        tiers_of_products.product_code
    from importers
    cross join tiers_of_products

)

select
    grid.importer_id, grid.tier_id, grid.year,
    count(*) as n_products_expected,
    count(*) filter (where best_of_sources.status_rank = 1) as n_products_reported,
    count(*) filter (where best_of_sources.status_rank = 2) as n_products_truncated,
    count(*) filter (where best_of_sources.status_rank = 3) as n_products_incomplete
from grid
left join best_of_sources
    on
        grid.importer_id = best_of_sources.importer_id
        and grid.year = best_of_sources.year
        and grid.product_code = best_of_sources.product_code
group by grid.importer_id, grid.tier_id, grid.year
