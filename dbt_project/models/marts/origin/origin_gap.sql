-- noqa: disable=ST07
{% set pair = ['material_id', 'stage_trade', 'stage_production', 'year'] %}
with

trade as (

    select * from {{ ref('int_origin__stage_trade') }}

),

production as (

    select
        material_id, stage_id, year, qty_basis, country_id, production_share, edition,
        quality_flags, known_from_date, lineage_id, quantity_unit,
        case when quantity_unit = 't' then quantity end as quantity_t,
        row_kind = 'country' as is_named
    from {{ ref('production_share') }}
    where denominator = 'sum_rows' and is_latest_edition

),

-- what the publisher lists without a name, and whether a figure is missing
series as (

    select
        material_id, stage_id, year,
        coalesce({{ order_independent_sum('case when not is_named then production_share end') }}, 0) as unnamed_share,
        coalesce({{ exact_sum('quantity_t', filter='not is_named') }}, 0) as unnamed_t,
        max(qty_basis) as qty_basis,
        max(quantity_unit) as quantity_unit,
        max(edition) as edition,
        max(quality_flags) as quality_flags,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id
    from production
    group by material_id, stage_id, year

),

pairs as (

    select * from {{ ref('int_origin__stage_pairs') }}

),

-- the basis of the production where trade has it, else the content, else the weight
bases as (

    select
        pairs.material_id, pairs.stage_trade, pairs.stage_production, trade.year,
        max_by(
            trade.qty_basis,
            (
                case when trade.qty_basis = series.qty_basis then 2 else 0 end
                + case when trade.qty_basis = 'content' then 1 else 0 end,
                trade.qty_basis
            )
        ) as qty_basis
    from pairs
    inner join trade
        on
            pairs.material_id = trade.material_id
            and pairs.stage_trade = trade.stage_id
    inner join series
        on
            pairs.material_id = series.material_id
            and pairs.stage_production = series.stage_id
            and trade.year = series.year
    group by pairs.material_id, pairs.stage_trade, pairs.stage_production, trade.year

),

exporters as (

    select
        bases.material_id, bases.stage_trade, bases.stage_production, trade.year, trade.country_id,
        trade.exports_t, trade.imports_t, trade.nomenclature, trade.has_aggregated_importers,
        trade.qty_basis,
        trade.edition as trade_edition,
        trade.known_from_date as trade_known_from_date,
        trade.lineage_id as trade_lineage_id,
        trade.exports_t / nullif(
            {{ exact_sum(
                'trade.exports_t', over='partition by bases.material_id, bases.stage_trade, bases.stage_production, trade.year'
            ) }}, 0
        ) as export_share
    from bases
    inner join trade
        on
            bases.material_id = trade.material_id
            and bases.stage_trade = trade.stage_id
            and bases.year = trade.year
            and bases.qty_basis = trade.qty_basis

),

-- exporters and producers; a country that only imports is neither
countries as (

    select
        {{ pair | join(', ') }}, country_id
    from exporters
    where exports_t > 0
    union
    select
        pairs.material_id, pairs.stage_trade, pairs.stage_production, production.year,
        production.country_id
    from pairs
    inner join production
        on
            pairs.material_id = production.material_id
            and pairs.stage_production = production.stage_id
    where
        production.is_named
        and (production.quantity_t > 0 or production.production_share is null)

),

groups as (

    select
        {{ pair | join(', ') }},
        max(trade_edition) as trade_edition,
        max(nomenclature) as nomenclature,
        max(qty_basis) as trade_basis,
        bool_or(has_aggregated_importers) as has_aggregated_importers,
        max(trade_known_from_date) as trade_known_from_date,
        max(trade_lineage_id) as trade_lineage_id,
        min_by(country_id, (-exports_t, country_id)) filter (where exports_t is not null)
            as top_exporter_id
    from exporters
    group by {{ pair | join(', ') }}

),

top_producers as (

    select
        material_id, stage_id, year,
        min_by(country_id, (-production_share, country_id)) as top_producer_id
    from production
    where is_named and production_share is not null
    group by material_id, stage_id, year

),

entrepots as (

    select * from {{ ref('int_origin__entrepots') }}

),

joined as (

    select
        countries.*,
        series.qty_basis as production_basis,
        series.edition as production_edition,
        series.quality_flags, groups.trade_edition, groups.nomenclature, groups.trade_basis,
        groups.has_aggregated_importers,
        greatest(series.known_from_date, groups.trade_known_from_date) as known_from_date,
        {{ lineage_union(['series.lineage_id', 'groups.trade_lineage_id']) }} as lineage_id,
        coalesce(exporters.exports_t, 0) as exports_t,
        coalesce(exporters.imports_t, 0) as imports_t,
        coalesce(exporters.export_share, 0) as export_share,
        -- a country that is not listed is among those without a name, or produces nothing
        case
            when production.country_id is not null then production.production_share
            when series.unnamed_share = 0 then 0
        end as production_share,
        case
            when production.country_id is not null then production.production_share
            else 0
        end as production_share_low,
        case
            when production.country_id is not null then production.production_share
            else series.unnamed_share
        end as production_share_high,
        case
            when production.country_id is not null then production.quantity_t
            else 0
        end as production_t_low,
        case
            when production.country_id is not null then production.quantity_t
            else series.unnamed_t
        end as production_t_high,
        groups.top_exporter_id = top_producers.top_producer_id as is_top_exporter_top_producer,
        entrepots.country_id is not null as is_entrepot,
        -- exports and production of one stage on one basis can be subtracted
        countries.stage_trade = countries.stage_production
        and series.quantity_unit = 't'
        and series.qty_basis = groups.trade_basis as is_comparable
    from countries
    inner join groups
        using ({{ pair | join(', ') }})
    inner join series
        on
            countries.material_id = series.material_id
            and countries.stage_production = series.stage_id
            and countries.year = series.year
    left join exporters
        using ({{ pair | join(', ') }}, country_id)
    left join production
        on
            countries.material_id = production.material_id
            and countries.stage_production = production.stage_id
            and countries.year = production.year
            and countries.country_id = production.country_id
            and production.is_named
    left join top_producers
        on
            countries.material_id = top_producers.material_id
            and countries.stage_production = top_producers.stage_id
            and countries.year = top_producers.year
    left join entrepots
        on countries.country_id = entrepots.country_id and countries.year = entrepots.year

)

select
    cast(material_id as varchar) as material_id,
    cast(stage_trade as varchar) as stage_trade,
    cast(stage_production as varchar) as stage_production,
    cast(year as integer) as year,
    cast(country_id as varchar) as country_id,
    cast(export_share as double) as export_share,
    cast(production_share as double) as production_share,
    cast(production_share_low as double) as production_share_low,
    cast(production_share_high as double) as production_share_high,
    cast((export_share - production_share) * 100 as double) as origin_gap_pp,
    cast((export_share - production_share_high) * 100 as double) as origin_gap_low_pp,
    cast((export_share - production_share_low) * 100 as double) as origin_gap_high_pp,
    cast(case
        when is_comparable and exports_t > 0
            then greatest(exports_t - production_t_high, 0) / exports_t
    end as double) as reexport_share_low,
    cast(case
        when not is_comparable or exports_t <= 0 or production_t_low is null then null
        when has_aggregated_importers then 1.0
        else greatest(
            least(imports_t / exports_t, 1.0),
            greatest(exports_t - production_t_high, 0) / exports_t
        )
    end as double) as reexport_share_high,
    cast(exports_t as double) as exports_t,
    cast(case when not has_aggregated_importers then imports_t end as double) as imports_t,
    cast(case when is_comparable then production_t_low end as double) as production_t_low,
    cast(trade_basis as varchar) as qty_basis,
    cast(production_basis as varchar) as production_basis,
    cast(is_top_exporter_top_producer as boolean) as is_top_exporter_top_producer,
    cast(is_entrepot as boolean) as is_entrepot,
    cast(nomenclature as varchar) as nomenclature,
    cast(quality_flags as varchar) as quality_flags,
    cast(concat_ws('|', trade_edition, production_edition) as varchar) as source_edition_max,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from joined
