-- One row per reporter and period: whose filing the publisher first had so long after the period that
-- partners may have reported before it.
with

availability as (

    select * from {{ ref('stg_un_comtrade__availability') }} where is_filed

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'comtrade'

),

thresholds as (

    select threshold as late_filing_months
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'late_filing_months'

),

first_published as (

    select
        codes.country_id as reporter_id,
        {{ period_type_of('availability.period') }} as period_type,
        {{ period_start_of('availability.period') }} as period_start_date,
        max({{ period_end_of('availability.period') }}) as period_end_date,
        min(availability.publication_date) as published_date
    from availability
    inner join codes
        on availability.reporter_code = codes.code
    group by 1, 2, 3

)

select
    first_published.reporter_id, first_published.period_type, first_published.period_start_date,
    first_published.published_date
from first_published
cross join thresholds
where
    {{ month_index('first_published.published_date') }}
    - {{ month_index('first_published.period_end_date') }} > thresholds.late_filing_months
