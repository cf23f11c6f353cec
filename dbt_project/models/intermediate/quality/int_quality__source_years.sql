-- One row per trade source and year: the share of the expected value whose reporters have filed the
-- year, and the freshest year in which that share is enough to call it complete.
with

reporters as (

    select * from {{ ref('int_quality__reporter_measures') }} where expected_usd is not null

),

-- a reporter of an earlier or later year is expected in this one, too
usual as (

    select source_id, {{ exact_sum('expected_usd') }} as expected_usd
    from (
        select source_id, importer_id, max(expected_usd) as expected_usd
        from reporters
        where source_id <> 'un_comtrade'
        group by source_id, importer_id
    ) as largest
    group by source_id

),

years as (

    select
        reporters.source_id, reporters.year,
        {{ exact_sum('reporters.filed_usd') }}
        / nullif(coalesce(max(usual.expected_usd), {{ exact_sum('reporters.expected_usd') }}), 0)
            as coverage_share,
        max(case reporters.coverage_status when 'truncated' then 1 else 0 end) as has_truncated,
        sum(reporters.n_rows) as n_rows
    from reporters
    left join usual
        on reporters.source_id = usual.source_id
    group by reporters.source_id, reporters.year

),

reporter_counts as (

    select
        years.*,
        coalesce(years.coverage_share >= enough.threshold, false) as is_complete
    from years
    cross join {{ ref('int_dependency__thresholds') }} as enough
    where enough.method_id = 'QUALITY' and enough.criterion_id = 'COMPLETE_YEAR_COVERAGE'

)

select
    source_id, year, least(1, coverage_share) as coverage_share, n_rows,
    case
        when not is_complete then 'incomplete'
        when has_truncated = 1 then 'truncated'
        else 'reported'
    end as coverage_status,
    max(case when is_complete then year end) over (partition by source_id)
        as freshest_complete_year
from reporter_counts
