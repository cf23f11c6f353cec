-- One row per production source, country, material, stage and year with production and trade in
-- tonnes on one basis: what the country uses, P + M - X, without stocks. Where the bases differ, or a
-- figure is unknown, there is no use, and `missing_reason` states why.
-- noqa: disable=LT02
with

flows as (

    select * from {{ ref('int_methods__physical_flows') }}

),

produced as (

    select
        *,
        quantity as produced_t
    from {{ ref('int_methods__production') }}
    where quantity_unit = 't'

),

groups as (

    select
        production_source_id, material_id, stage_id, year,
        max(edition) as edition,
        max(qty_basis) as qty_basis,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id,
        coalesce({{ exact_sum('produced_t', filter="row_kind <> 'country'") }}, 0)
            as other_countries_t
    from produced
    group by production_source_id, material_id, stage_id, year

),

networks as (

    select
        material_id, stage_id, year,
        bool_or(has_factor) as has_factor,
        bool_or(is_typical_factor) as is_typical_factor,
        bool_or(is_oxide_factor) as is_oxide_factor,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id
    from flows
    group by material_id, stage_id, year

),

bases as (

    select
        groups.production_source_id, groups.material_id, groups.stage_id, groups.year,
        groups.edition,
        groups.qty_basis, groups.other_countries_t, networks.is_typical_factor,
        greatest(groups.known_from_date, networks.known_from_date) as known_from_date,
        {{ lineage_union(['groups.lineage_id', 'networks.lineage_id']) }} as lineage_id,
        -- what a tonne as traded counts as, on the basis of the production
        case
            when groups.qty_basis = 'net_weight' then 'as_traded'
            when
                groups.qty_basis = 'content'
                and networks.has_factor
                and not networks.is_oxide_factor
                then 'by_content'
            when
                groups.qty_basis = 'oxide_eq' and networks.has_factor and networks.is_oxide_factor
                then 'by_content'
        end as conversion
    from groups
    inner join networks
        using (material_id, stage_id, year)

),

sides as (

    select
        importer_id as country_id,
        material_id, stage_id, year, value_usd, unweighed_value_usd, net_weight_t, content_t_low,
        content_t_high,
        'import' as flow
    from flows

    union all

    select
        exporter_id as country_id,
        material_id, stage_id, year, value_usd, unweighed_value_usd, net_weight_t, content_t_low,
        content_t_high,
        'export' as flow
    from flows

),

traded as (

    select
        country_id, material_id, stage_id, year,
        {%- for flow in ['import', 'export'] %}
        coalesce({{ order_independent_sum("case when flow = '" ~ flow ~ "' then net_weight_t / 1e12 end") }}, 0) * 1e12
            as {{ flow }}s_t,
        coalesce({{ order_independent_sum("case when flow = '" ~ flow ~ "' then content_t_low / 1e12 end") }}, 0) * 1e12
            as {{ flow }}s_content_t_low,
        coalesce({{ order_independent_sum("case when flow = '" ~ flow ~ "' then content_t_high / 1e12 end") }}, 0) * 1e12
            as {{ flow }}s_content_t_high,
        {%- endfor %}
        {{ order_independent_sum('unweighed_value_usd / 1e12') }}
        / nullif({{ order_independent_sum('value_usd / 1e12') }}, 0) as unweighed_share
    from sides
    where country_id not in ('NES', 'SPECIAL', 'UNMAPPED', 'ROW')
    group by country_id, material_id, stage_id, year

),

countries as (

    select
        bases.production_source_id, traded.material_id, traded.stage_id, traded.year,
        traded.country_id
    from traded
    inner join bases
        using (material_id, stage_id, year)
    union
    select
        production_source_id, material_id, stage_id, year, country_id
    from produced
    where row_kind = 'country'

),

joined as (

    select
        bases.*, countries.country_id, produced.produced_t,
        produced.country_id is not null as is_listed,
        coalesce(traded.unweighed_share, 0) as unweighed_share,
        {%- for flow in ['import', 'export'] %}
        {%- for bound in ['low', 'high'] %}
        case bases.conversion
            when 'as_traded' then coalesce(traded.{{ flow }}s_t, 0)
            when 'by_content' then coalesce(traded.{{ flow }}s_content_t_{{ bound }}, 0)
        end as {{ flow }}s_t_{{ bound }}{{ ',' if not (flow == 'export' and bound == 'high') }}
        {%- endfor %}
        {%- endfor %}
    from countries
    inner join bases
        using (production_source_id, material_id, stage_id, year)
    left join produced
        on
            countries.production_source_id = produced.production_source_id
            and countries.material_id = produced.material_id
            and countries.stage_id = produced.stage_id
            and countries.year = produced.year
            and countries.country_id = produced.country_id
            and produced.row_kind = 'country'
    left join traded
        on
            countries.material_id = traded.material_id
            and countries.stage_id = traded.stage_id
            and countries.year = traded.year
            and countries.country_id = traded.country_id

),

assessed as (

    select
        *,
        -- who is not listed has none, or a part of "other countries": that is nothing beside imports
        -- twenty times as large
        case
            when is_listed then produced_t
            when other_countries_t <= coalesce(0.05 * (imports_t_low + imports_t_high) / 2, 0) then 0
        end as production_t,
        (imports_t_low + imports_t_high) / 2 as imports_t,
        (exports_t_low + exports_t_high) / 2 as exports_t
    from joined

),

balanced as (

    select
        *,
        production_t + imports_t - exports_t as balance_t
    from assessed

)

select
    production_source_id, country_id, material_id, stage_id, year, edition, qty_basis,
    is_typical_factor, is_listed, other_countries_t, production_t, imports_t, exports_t,
    imports_t_low, imports_t_high, exports_t_low, exports_t_high, unweighed_share, known_from_date, lineage_id,
    case when balance_t >= 0 and unweighed_share <= 0.05 then balance_t end as use_t,
    case when balance_t > 0 and unweighed_share <= 0.05
        then greatest(least((imports_t - exports_t) / balance_t, 1), 0)
    end as import_reliance_share,
    case
        when conversion is null then 'basis_mismatch'
        when production_t is null then 'missing_production'
        when unweighed_share > 0.05 then 'missing_weight'
        when balance_t < 0 then 'negative_use'
    end as missing_reason
from balanced
