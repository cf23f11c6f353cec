-- One row per source, edition, HS revision, HS6 product, item, importer, exporter (or ALL) and
-- period: how much of the product's value national lines of 8 and 10 digits show to be the item.
-- A line that the seed does not know may hold anything.
with

code_items as (

    select * from {{ ref('stg_reference__national_code_items') }}

),

lines as (

    -- older lines belong to older revisions of the HS
    select * from {{ ref('int_trade__national_lines') }} where year >= 2022

),

revisions as (

    select distinct
        revisions.nomenclature,
        code_items.nomenclature as line_nomenclature,
        code_items.code,
        case revisions.nomenclature
            when 'HS2017' then code_items.product_hs2017 else code_items.product_hs2022
        end as product_code
    from code_items
    cross join (values ('HS2017'), ('HS2022')) as revisions (nomenclature)

),

-- what a product may hold, as far as some line separates it
product_items as (

    select distinct
        revisions.nomenclature, revisions.product_code, revisions.line_nomenclature,
        code_items.item_id
    from revisions
    inner join code_items
        on
            revisions.line_nomenclature = code_items.nomenclature
            and revisions.code = code_items.code
    where code_items.item_id <> 'none'

),

placed as (

    select
        lines.*,
        product_items.nomenclature, product_items.product_code, product_items.item_id,
        case
            when own.holding is not null then own.holding
            when coalesce(listed.holding, 'residual') = 'residual' then 'part'
            else 'none'
        end as holding,
        coalesce(listed.holding, 'residual') <> 'residual' as is_listed
    from lines
    left join revisions
        on
            lines.line_nomenclature = revisions.line_nomenclature
            and lines.code = revisions.code
    inner join product_items
        on
            lines.line_nomenclature = product_items.line_nomenclature
            and product_items.product_code
            = coalesce(revisions.product_code, substr(lines.code, 1, 6))
            and product_items.nomenclature
            = coalesce(revisions.nomenclature, product_items.nomenclature)
    left join code_items as own
        on
            lines.line_nomenclature = own.nomenclature
            and lines.code = own.code
            and product_items.item_id = own.item_id
            and own.item_id <> 'none'
            and {{ valid_on('own', 'lines.period_start_date') }}
    left join (
        select distinct nomenclature, code, holding, valid_from, valid_to from code_items
    ) as listed
        on
            lines.line_nomenclature = listed.nomenclature
            and lines.code = listed.code
            and {{ valid_on('listed', 'lines.period_start_date') }}

),

-- a file that lacks no more than the residual line (scrap, say) is nearly complete
expected as (

    select
        revisions.nomenclature, revisions.product_code, revisions.line_nomenclature,
        count(distinct case when code_items.holding <> 'residual' then revisions.code end)
            as n_lines
    from revisions
    inner join code_items
        on
            revisions.line_nomenclature = code_items.nomenclature
            and revisions.code = code_items.code
    group by revisions.nomenclature, revisions.product_code, revisions.line_nomenclature
    having max(case when code_items.holding = 'residual' then 1 else 0 end) = 1

),

present as (

    select
        placed.source_id, placed.edition, placed.nomenclature, placed.product_code,
        placed.period_type, placed.period_start_date,
        count(distinct placed.code) >= min(expected.n_lines) as lacks_residual_only
    from placed
    inner join expected
        on
            placed.nomenclature = expected.nomenclature
            and placed.product_code = expected.product_code
            and placed.line_nomenclature = expected.line_nomenclature
    where placed.is_listed
    group by
        placed.source_id, placed.edition, placed.nomenclature, placed.product_code,
        placed.period_type, placed.period_start_date

),

by_exporter as (

    select
        source_id, edition, nomenclature, product_code, item_id, importer_id, exporter_id,
        period_type, period_start_date, value_native, holding, is_complete, known_from_date
    from placed
    union all
    select
        source_id, edition, nomenclature, product_code, item_id, importer_id,
        'ALL' as exporter_id,
        period_type, period_start_date, value_native, holding, is_complete, known_from_date
    from placed

),

summed as (

    select
        source_id, edition, nomenclature, product_code, item_id, importer_id, exporter_id,
        period_type, period_start_date,
        sum(value_native) as value_native,
        sum(case when holding = 'whole' then value_native else 0.0 end)
        / nullif(sum(value_native), 0) as share_low,
        sum(case when holding in ('whole', 'part') then value_native else 0.0 end)
        / nullif(sum(value_native), 0) as share_high,
        min(case when is_complete then 1 else 0 end) = 1 as is_complete,
        max(known_from_date) as known_from_date
    from by_exporter
    group by
        source_id, edition, nomenclature, product_code, item_id, importer_id, exporter_id,
        period_type, period_start_date

),

whole as (

    select
        summed.*,
        coalesce(present.lacks_residual_only, false) as lacks_residual_only,
        max(case when summed.exporter_id = 'ALL' then summed.share_low end) over importers
            as importer_low,
        max(case when summed.exporter_id = 'ALL' then summed.share_high end) over importers
            as importer_high
    from summed
    left join present
        on
            summed.source_id = present.source_id
            and summed.edition = present.edition
            and summed.nomenclature = present.nomenclature
            and summed.product_code = present.product_code
            and summed.period_type = present.period_type
            and summed.period_start_date = present.period_start_date
    window importers as (
        partition by
            summed.source_id, summed.edition, summed.nomenclature, summed.product_code,
            summed.item_id, summed.importer_id, summed.period_type, summed.period_start_date
    )

)

select
    source_id, edition, nomenclature, product_code, item_id, importer_id, exporter_id, period_type,
    period_start_date, value_native, share_low, share_high,
    -- the rest is split like the importer's separated lines; without any, in the middle
    least(
        greatest(
            round(
                share_low + (share_high - share_low) * case
                    when lacks_residual_only or importer_low > 0
                        then coalesce(importer_low / nullif(1.0 - (importer_high - importer_low), 0), 0.5)
                    else 0.5
                end, 12
            ), share_low
        ), share_high
    ) as share_point,
    is_complete, lacks_residual_only, known_from_date
from whole
