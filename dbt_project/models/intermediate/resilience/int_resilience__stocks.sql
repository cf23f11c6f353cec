-- One row per partner, material and stage: what its known stocks are, over a year's imports or a
-- year's demand. The United States print stocks and imports on one basis, and their balance states
-- the stage it is about; where it is about several, the stage of the stock is not known. Other holders
-- state days of supply, the newest statement first; those that contradict each other are the bounds.
with

terms as (

    select * from {{ ref('int_production__us_balance') }}
    where known_to_date is null and role in ('stock', 'import') and value_operator = '='

),

printed as (

    select
        material_id, form_id, year,
        max(case when role = 'stock' then quantity end) as stock_quantity,
        max(case when role = 'import' then quantity end) as imports_quantity,
        max(edition) as edition,
        max({{ lineage_part('source_id', 'edition') }}) as lineage_id
    from terms
    group by material_id, form_id, year
    having
        max(case when role = 'stock' then quantity_unit end)
        = max(case when role = 'import' then quantity_unit end)
        and max(case when role = 'stock' then qty_basis end)
        = max(case when role = 'import' then qty_basis end)
        and not bool_or(is_basis_mixed)

),

chapters as (

    select
        material_id, form_id,
        max(stage_ids) as stage_id
    from {{ ref('us_balance_lines') }}
    where role = 'reliance'
    group by material_id, form_id
    having max(stage_ids) = min(stage_ids) and max(stage_ids) not like '%|%'

),

stated as (

    select *
    from {{ ref('stg_registers__stockpiles') }}
    where measure = 'cover' and kind like 'reported_level%' and stage_id is not null

),

stated_materials as (

    {{ split_list(
        'stated', ['record_id', 'holder_id', 'stage_id', 'value', 'as_of', 'known_from_date'],
        'material_ids', 'material_id'
    ) | indent(4) }}

),

newest_printed as (

    select
        'USA' as country_id,
        printed.material_id, chapters.stage_id,
        cast(concat(cast(printed.year as varchar), '-12-31') as date) as as_of_date,
        'imports' as measured_against,
        printed.stock_quantity / printed.imports_quantity as stock_share,
        printed.stock_quantity / printed.imports_quantity as stock_share_low,
        printed.stock_quantity / printed.imports_quantity as stock_share_high,
        printed.lineage_id
    from printed
    inner join chapters
        on printed.material_id = chapters.material_id and printed.form_id = chapters.form_id
    where printed.stock_quantity is not null and printed.imports_quantity > 0
    qualify row_number() over (
        partition by printed.material_id, chapters.stage_id
        order by printed.year desc, printed.form_id asc
    ) = 1

),

newest_stated as (

    select
        holder_id as country_id,
        material_id, stage_id,
        max(known_from_date) as as_of_date,
        'demand' as measured_against,
        max_by(value, (known_from_date, record_id)) / 365 as stock_share,
        min(value) / 365 as stock_share_low,
        max(value) / 365 as stock_share_high,
        {{ register_lineage('stockpiles') }} as lineage_id
    from stated_materials
    group by holder_id, material_id, stage_id

)

select * from newest_printed
union all
select * from newest_stated
