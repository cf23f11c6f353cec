-- Which material a US salient or import source line is about: the longest text of the seed that
-- the detail contains decides.
with

rules as (

    select
        commodity_key,
        coalesce(detail_contains, '') as detail_contains,
        decision, material_id
    from {{ ref('usgs_commodities') }}

),

details as (

    select distinct
        commodity_key, detail
    from {{ ref('stg_usgs_mcs__salient') }}
    union
    select distinct
        commodity_key, detail
    from {{ ref('stg_usgs_mcs__import_sources') }}

),

matched as (

    select
        details.commodity_key, details.detail, rules.decision, rules.material_id,
        row_number() over (
            partition by details.commodity_key, details.detail
            order by length(rules.detail_contains) desc nulls last, rules.detail_contains
        ) as place
    from details
    left join rules
        on
            details.commodity_key = rules.commodity_key
            and lower(details.detail) like '%' || rules.detail_contains || '%'

)

select
    commodity_key, detail,
    coalesce(decision, 'undecided') as decision,
    material_id,
    -- letters and digits of the detail, as an identifier of the form
    trim(both '_' from regexp_replace(lower(detail), '[^a-z0-9]+', '_', 'g')) as form_id
from matched
where place = 1
