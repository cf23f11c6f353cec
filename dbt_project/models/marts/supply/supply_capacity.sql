with

flows as (

    select * from {{ ref('supply_flow') }}

),

worlds as (

    select
        item_kind, item_id, stage_id, base_year, quantity_unit, qty_basis,
        max(basket_share) as basket_share
    from flows
    group by item_kind, item_id, stage_id, base_year, quantity_unit, qty_basis

),

exports as (

    select * from {{ ref('int_resilience__third_exports') }}

),

idle as (

    select
        *,
        'material' as item_kind
    from {{ ref('int_resilience__idle_capacity') }}

),

bars as (

    select
        item_kind, item_id, stage_id, supplier_id,
        {{ listagg_distinct('importer_id', '|') }} as barred_importer_ids,
        {{ listagg_distinct('clause_id', '|') }} as barring_clause_ids
    from {{ ref('int_resilience__barred_flows') }}
    group by item_kind, item_id, stage_id, supplier_id

),

deliveries as (

    select
        item_kind, item_id, stage_id,
        supplier_id as country_id,
        qty_basis,
        {{ exact_sum('base_quantity') }} as member_imports_quantity,
        {{ lineage_of('lineage_id') }} as lineage_id
    from flows
    -- what a partner makes for itself is no delivery
    where supplier_id <> importer_id
    group by item_kind, item_id, stage_id, supplier_id, qty_basis

),

needs as (

    select
        item_kind, item_id, stage_id,
        importer_id as country_id,
        qty_basis,
        {{ exact_sum('base_quantity', filter='supplier_id <> importer_id') }} as imports_quantity,
        {{ exact_sum('base_quantity') }} as demand_quantity
    from flows
    where missing_reason is null
    group by item_kind, item_id, stage_id, importer_id, qty_basis

),

-- a stock lasts a part of a year's imports, or of a year's demand, in whatever unit these are
stocks as (

    select
        needs.item_kind, needs.item_id, needs.stage_id, needs.country_id, needs.qty_basis,
        stocks.as_of_date, stocks.lineage_id,
        -- noqa: disable=LT02
        {%- for end in ['', '_low', '_high'] %}
        stocks.stock_share{{ end }}
        * case stocks.measured_against
            when 'imports' then needs.imports_quantity else needs.demand_quantity
        end as stock{{ end }}_quantity{{ ',' if not loop.last }}
        {%- endfor %}
    from needs
    inner join {{ ref('int_resilience__stocks') }} as stocks
        on
            needs.item_kind = 'material'
            and needs.item_id = stocks.material_id
            and needs.stage_id = stocks.stage_id
            and needs.country_id = stocks.country_id

),

third as (

    select
        exports.item_kind, exports.item_id, exports.stage_id,
        exports.exporter_id as country_id,
        worlds.qty_basis,
        exports.lineage_id,
        -- of a basket nobody knows how much is the item: nothing is counted on, all is possible
        case
            when exports.is_basket then 0.0
            when worlds.quantity_unit = 't' then exports.third_exports_t
            else exports.third_exports_usd
        end as third_exports_quantity,
        case
            when worlds.quantity_unit = 't' then exports.third_exports_t
            else exports.third_exports_usd
        end as third_exports_high_quantity,
        exports.is_basket
    from exports
    inner join worlds
        on
            exports.item_kind = worlds.item_kind
            and exports.item_id = worlds.item_id
            and exports.stage_id = worlds.stage_id
            and exports.year = worlds.base_year

),

countries as (

    select item_kind, item_id, stage_id, country_id, qty_basis from deliveries
    union
    select item_kind, item_id, stage_id, country_id, qty_basis from third
    union
    select item_kind, item_id, stage_id, country_id, qty_basis from stocks

),

joined as (

    select
        countries.*,
        worlds.base_year, worlds.quantity_unit,
        third.third_exports_quantity, third.third_exports_high_quantity,
        coalesce(deliveries.member_imports_quantity, 0) + coalesce(third.third_exports_quantity, 0)
            as exports_quantity,
        idle.spare_share, idle.spare_share_low, idle.spare_share_high, idle.year as capacity_year,
        stocks.stock_quantity, stocks.stock_low_quantity, stocks.stock_high_quantity,
        stocks.as_of_date as stock_date,
        bars.barred_importer_ids, bars.barring_clause_ids,
        case
            when third.country_id is null then 'exports to third countries: none are loaded'
            when third.is_basket
                then 'exports to third countries: known of a basket code only, none counted on'
        end as third_exports_reason,
        case
            when idle.country_id is null
                then 'spare capacity: no capacity table has this country and stage'
            when idle.spare_share is null then 'spare capacity: ' || idle.missing_reason
        end as spare_reason,
        case
            when needs.country_id is not null and stocks.stock_quantity is null
                then 'stock: none is published for this partner, material and stage'
        end as stock_reason,
        {{ lineage_union([
            'deliveries.lineage_id', 'third.lineage_id', 'idle.lineage_id', 'stocks.lineage_id',
        ]) }} as lineage_id
    from countries
    inner join worlds
        using (item_kind, item_id, stage_id, qty_basis)
    left join deliveries
        using (item_kind, item_id, stage_id, country_id, qty_basis)
    left join third
        using (item_kind, item_id, stage_id, country_id, qty_basis)
    left join needs
        using (item_kind, item_id, stage_id, country_id, qty_basis)
    left join stocks
        using (item_kind, item_id, stage_id, country_id, qty_basis)
    left join idle
        on
            countries.item_kind = idle.item_kind
            and countries.item_id = idle.material_id
            and countries.stage_id = idle.stage_id
            and countries.country_id = idle.country_id
    left join bars
        on
            countries.item_kind = bars.item_kind
            and countries.item_id = bars.item_id
            and countries.stage_id = bars.stage_id
            and countries.country_id = bars.supplier_id

)

select
    cast(item_kind as varchar) as item_kind,
    cast(item_id as varchar) as item_id,
    cast(stage_id as varchar) as stage_id,
    cast(country_id as varchar) as country_id,
    cast(base_year as integer) as base_year,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(qty_basis as varchar) as qty_basis,
    cast(exports_quantity as double) as exports_quantity,
    cast(third_exports_quantity as double) as third_exports_quantity,
    cast(third_exports_quantity as double) as third_exports_low_quantity,
    cast(third_exports_high_quantity as double) as third_exports_high_quantity,
    cast(spare_share as double) as spare_share,
    cast(capacity_year as integer) as capacity_year,
    cast(exports_quantity * spare_share as double) as spare_quantity,
    cast(exports_quantity * spare_share_low as double) as spare_low_quantity,
    cast(exports_quantity * spare_share_high as double) as spare_high_quantity,
    cast(stock_quantity as double) as stock_quantity,
    cast(stock_low_quantity as double) as stock_low_quantity,
    cast(stock_high_quantity as double) as stock_high_quantity,
    cast(stock_date as date) as stock_date,
    cast(barred_importer_ids as varchar) as barred_importer_ids,
    cast(barring_clause_ids as varchar) as barring_clause_ids,
    cast(concat_ws('; ', third_exports_reason, spare_reason, stock_reason) as varchar)
        as missing_reason,
    cast(lineage_id as varchar) as lineage_id
from joined
order by item_kind nulls last, item_id nulls last, stage_id nulls last, country_id nulls last
