-- One row per edition, reporter, HS revision, product, flow and period: the value of World and the
-- sum of the partners, and the day on which a later edition replaced it.
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods'], ['period']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods']) }}",
) }}

with

sums as (

    select
        edition, reporter_id, nomenclature, product_code, flow, period,
        min(known_from_date) as known_from_date,
        {{ exact_sum('value_usd', filter="partner_id = 'WLD'") }} as world_usd,
        {{ exact_sum('value_usd', filter="partner_id <> 'WLD'") }} as partners_usd
    from {{ ref('int_trade__comtrade_mapped') }}
    {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    group by edition, reporter_id, nomenclature, product_code, flow, period

),

-- the code of the series that a code belongs to; HS2022 split some
versions as (

    select
        sums.*,
        coalesce(conversions.to_code, sums.product_code) as series_code
    from sums
    left join {{ ref('stg_un_hs__conversions') }} as conversions
        on
            sums.nomenclature = conversions.from_nomenclature
            and sums.product_code = conversions.from_code
            and conversions.to_nomenclature = 'HS2017'

),

-- an edition is valid until a later one has the same reporter's product
retold as (

    select
        *,
        lead(known_from_date) over (
            partition by reporter_id, product_code, flow, period
            order by known_from_date, edition, nomenclature
        ) as known_to_date
    from versions

),

-- or the series, in another revision of the HS: its codes of the old one would count twice
refiled as (

    select
        earlier.edition, earlier.reporter_id, earlier.nomenclature, earlier.product_code,
        earlier.flow, earlier.period,
        min(later.known_from_date) as known_to_date
    from versions as earlier
    inner join versions as later
        on
            earlier.reporter_id = later.reporter_id
            and earlier.series_code = later.series_code
            and earlier.flow = later.flow
            and earlier.period = later.period
            and earlier.nomenclature <> later.nomenclature
            and (earlier.known_from_date, earlier.edition, earlier.nomenclature)
            < (later.known_from_date, later.edition, later.nomenclature)
    group by all

)

select
    retold.edition, retold.reporter_id, retold.nomenclature, retold.product_code, retold.flow,
    retold.period, retold.series_code,
    abs(retold.partners_usd - retold.world_usd) / nullif(retold.world_usd, 0)
        as partner_gap_share,
    least(retold.partners_usd / nullif(retold.world_usd, 0), 1) as partner_coverage_share,
    least(
        coalesce(retold.known_to_date, refiled.known_to_date),
        coalesce(refiled.known_to_date, retold.known_to_date)
    ) as known_to_date
from retold
left join refiled
    using (edition, reporter_id, nomenclature, product_code, flow, period)
