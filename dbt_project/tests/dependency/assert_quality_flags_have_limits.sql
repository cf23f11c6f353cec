-- Every flag on a mart row has a meaning and a grade in the seed quality_flags.
with

flag_lists as (

    select quality_flags from {{ ref('apparent_consumption') }}
    union
    select quality_flags from {{ ref('bloc_dependency') }}
    union
    select quality_flags from {{ ref('concentration') }}
    union
    select quality_flags from {{ ref('diversification_option') }}
    union
    select quality_flags from {{ ref('n_minus') }}
    union
    select quality_flags from {{ ref('net_import_reliance') }}
    union
    select quality_flags from {{ ref('origin_lookthrough') }}
    union
    select quality_flags from {{ ref('pipeline_gap') }}
    union
    select quality_flags from {{ ref('production_share') }}
    union
    select quality_flags from {{ ref('supplier_share') }}
    union
    select quality_flags from {{ ref('supply_risk_eu_method') }}

),

parts as (

    select
        numbers.n, flag_lists.quality_flags
    from flag_lists
    inner join {{ numbers(12) }} as numbers
        on {{ n_parts('flag_lists.quality_flags') }} >= numbers.n
    where flag_lists.quality_flags <> ''

)

select distinct split_part(parts.quality_flags, '|', parts.n) as code
from parts
left join {{ ref('quality_flags') }} as flags
    on split_part(parts.quality_flags, '|', parts.n) = flags.code
where flags.code is null
