-- One row per HS revision, product and item: the least and the greatest share of the product's value
-- that the importers' own national lines show, over importers and years. Where a file lacks the
-- product's residual line, that may be as large as what complete files leave unallocated.
with

shares as (

    select * from {{ ref('int_trade__line_shares') }}
    where exporter_id = 'ALL' and period_type = 'A'

),

editions as (

    select * from {{ ref('int_trade__editions') }} where is_latest

),

latest as (

    select shares.*
    from shares
    inner join editions
        on
            shares.source_id = editions.source_id
            and shares.edition = editions.edition
            and shares.period_type = editions.period_type
            and shares.period_start_date = editions.period_start_date
    -- a basket of a few thousand is an accident, not a composition
    where
        shares.value_native >= 1000000
        and (shares.is_complete or shares.lacks_residual_only)

),

allowances as (

    select
        nomenclature, product_code,
        max(share_high - share_low) as missing_share
    from latest
    where is_complete
    group by nomenclature, product_code

),

bounded as (

    select
        latest.*,
        case
            when latest.is_complete then 0.0 else coalesce(allowances.missing_share, 1.0)
        end as missing_share
    from latest
    left join allowances
        on
            latest.nomenclature = allowances.nomenclature
            and latest.product_code = allowances.product_code

)

select
    nomenclature, product_code, item_id,
    round(min(share_low * (1.0 - missing_share)), 6) as share_low,
    round(max(share_high + missing_share * (1.0 - share_high)), 6) as share_high,
    cast(count(distinct importer_id) as integer) as n_importers,
    cast(count(*) as integer) as n_importer_years,
    {{ lineage_of(lineage_part('source_id', 'edition')) }} as share_lineage_id,
    max(known_from_date) as share_known_from_date
from bounded
group by nomenclature, product_code, item_id
