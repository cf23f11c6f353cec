-- One row per edition, material, detail and year: the net import reliance that the introduction of
-- the report prints (a figure, a table), for chapters whose own file has none. The figure of 2026
-- has lost the signs of its bounds; USGS bounds at 25, 50, 75 and 95 %, so that without a sign in
-- the whole table 50, 75 and 95 are "at least", and 25 and 0 may be anything.
with

printed as (

    select
        source_id, edition, commodity_key, detail,
        coalesce(try_cast(date_text as integer), cast(substr(edition, 1, 4) as integer) - 1)
            as year,
        min(reliance_text) as value_text,
        count(distinct reliance_text) as n_texts,
        min(known_from_date) as known_from_date,
        min(row_locator) as row_locator
    from {{ ref('stg_usgs_mcs__front_matter') }}
    where table_id = 'import_reliance' and coalesce(reliance_text, '') <> ''
    group by source_id, edition, commodity_key, detail, year

),

cells as (

    select
        *,
        coalesce(regexp_extract(value_text, '^[<>≤≥]'), '') as sign,
        try_cast(regexp_extract(value_text, '^[<>≤≥]?=? *([0-9]+(?:[.][0-9]+)?) *%?$', 1) as double)
            as number,
        max(case when regexp_matches(value_text, '^[<>≤≥]') then 1 else 0 end) over (
            partition by edition, split_part(row_locator, ':', 1)
        ) = 1 as has_signs
    from printed

),

parsed as (

    select
        *,
        case
            when n_texts > 1 or number > 100 then null
            when sign = '' and not has_signs and number in (0, 25) then null
            else number
        end as value
    from cells

)

select
    parsed.source_id, parsed.edition, items.material_id,
    parsed.detail, items.form_id, parsed.year, parsed.value_text, parsed.value,
    case
        when parsed.value is null then '='
        when parsed.sign in ('<', '≤', '>', '≥') then replace(replace(parsed.sign, '≤', '<='), '≥', '>=')
        when not parsed.has_signs and parsed.value in (50, 75, 95) then '>='
        else '='
    end as value_operator,
    case
        when parsed.n_texts > 1 then 'unknown'
        when upper(trim(parsed.value_text)) = 'E' then 'net_exporter'
        when upper(trim(parsed.value_text)) = 'NA' then 'not_available'
        when upper(trim(parsed.value_text)) = 'W' then 'withheld'
        when parsed.value = 0 then 'zero'
        when parsed.value is not null then 'estimated'
        else 'unknown'
    end as value_status,
    parsed.known_from_date
from parsed
inner join {{ ref('int_production__us_items') }} as items
    on parsed.commodity_key = items.commodity_key and parsed.detail = items.detail
where items.decision = 'map'
