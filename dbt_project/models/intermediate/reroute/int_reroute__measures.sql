-- One row per event, issuer and code of the restrictive export measures: the longest annual series of
-- the code, the last year before the announcement and the first whole year after effect, or which of
-- them is missing.
with

measures as (

    select * from {{ ref('int_effect__measures') }}

),

series as (

    select
        product_code, nomenclature, edition, lineage_id,
        max(year) as last_year,
        -- tonnes of the code are known in nearly all rows
        avg(case when kg is not null then 1.0 else 0.0 end) as weight_coverage_share
    from {{ ref('int_reroute__flows') }}
    group by product_code, nomenclature, edition, lineage_id
    having weight_coverage_share >= 0.9
    qualify row_number() over (
        partition by product_code order by count(distinct year) desc, nomenclature
    ) = 1

),

dated as (

    select
        measures.*,
        series.nomenclature, series.lineage_id,
        series.last_year as last_series_year,
        cast(year(least(announced_date, coalesce(effective_date, announced_date))) as integer) - 1
            as last_year,
        cast(
            case
                when month(effective_date) = 1 and day(effective_date) = 1 then year(effective_date)
                else year(effective_date) + 1
            end as integer
        ) as post_year
    from measures
    left join series
        on measures.product_code = series.product_code

)

select
    event_id,
    issuer_id as exporter_id,
    product_code, nomenclature, announced_date, effective_date, is_basket, last_year, post_year,
    lineage_id,
    case
        when effective_date is null then 'the measure has not taken effect'
        when nomenclature is null
            then 'annual weights of the code between all countries are not loaded'
        when last_series_year < post_year
            then 'annual weights of ' || cast(post_year as varchar) || ' are not loaded'
    end as missing_reason
from dated
