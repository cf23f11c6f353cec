with

flows as (

    select * from {{ ref('int_trade__mirror_intervals') }}
    where net_weight_kg > 0 and value_usd > 0

),

-- fewer flows than this give no typical price
usual as (

    select
        nomenclature, product_code, period_type, period_start_date,
        median(value_usd / net_weight_kg) as median_usd_kg,
        count(*) as n_flows
    from flows
    group by nomenclature, product_code, period_type, period_start_date

),

priced as (

    select
        bands.*,
        case when bands.net_weight_kg > 0 then bands.value_usd / bands.net_weight_kg end as usd_kg,
        usual.median_usd_kg, usual.n_flows
    from {{ ref('int_trade__mirror_intervals') }} as bands
    left join usual
        on
            bands.nomenclature = usual.nomenclature
            and bands.product_code = usual.product_code
            and bands.period_type = usual.period_type
            and bands.period_start_date = usual.period_start_date

)

select
    cast(edition as varchar) as edition,
    cast(exporter_id as varchar) as exporter_id,
    cast(importer_id as varchar) as importer_id,
    cast(nomenclature as varchar) as nomenclature,
    cast(product_code as varchar) as product_code,
    cast(period_type as varchar) as period_type,
    cast(period_start_date as date) as period_start_date,
    cast(period_end_date as date) as period_end_date,
    cast(year as integer) as year,
    cast(value_usd as double) as value_usd,
    cast(net_weight_kg as double) as net_weight_kg,
    cast(usd_kg as double) as uv_usd_kg,
    cast(median_usd_kg as double) as uv_world_median,
    cast(usd_kg / median_usd_kg as double) as ratio_to_median,
    cast(case
        when usd_kg is null or n_flows < 5 then null
        else usd_kg > 10 * median_usd_kg or usd_kg * 10 < median_usd_kg
    end as boolean) as is_outlier,
    cast('ten_times_median' as varchar) as winsor_rule,
    cast(sidedness as varchar) as sidedness,
    cast(known_from_date as date) as known_from_date,
    cast(lineage_id as varchar) as lineage_id
from priced
