-- One row per edition and ordered pair of statistics of a commodity that bound each other, within
-- one edition of the USGS tables: how far the first is from what the second lets expect (a decimal
-- logarithm), and whether that contradicts. The limits leave out every pair of the bundled editions
-- that is shifted by a thousand, and none that is as printed (docs/decisions/0048).
with

sizes as (

    select * from {{ ref('int_production__unit_check_sizes') }}
    where table_name = 'salient' or series_id <> 'none'

),

production as (

    select * from sizes
    where table_name = 'world' and statistic = 'production'

),

largest as (

    select
        edition, subject_id,
        max(size) as size,
        max(us_size) as us_size
    from production
    group by edition, subject_id

),

own_series as (

    select distinct
        edition, subject_id, series_id
    from production

),

-- a stock or a capacity beside the production of its own series, else of the whole commodity
in_world as (

    select
        mine.edition, mine.subject_id,
        mine.table_name, mine.series_id, mine.statistic,
        theirs.table_name as other_table_name,
        theirs.series_id as other_series_id,
        theirs.statistic as other_statistic,
        mine.size
        - case when own_series.series_id is null then largest.size else theirs.size end
            as log_ratio
    from sizes as mine
    inner join production as theirs
        on mine.edition = theirs.edition and mine.subject_id = theirs.subject_id
    inner join largest
        on mine.edition = largest.edition and mine.subject_id = largest.subject_id
    left join own_series
        on
            mine.edition = own_series.edition
            and mine.subject_id = own_series.subject_id
            and mine.series_id = own_series.series_id
    where
        mine.table_name = 'world'
        and mine.statistic in ('reserves', 'capacity')
        and (own_series.series_id is null or mine.series_id = theirs.series_id)

),

in_us_tables as (

    select
        mine.edition, mine.subject_id,
        mine.table_name, mine.series_id, mine.statistic,
        theirs.table_name as other_table_name,
        theirs.series_id as other_series_id,
        theirs.statistic as other_statistic,
        mine.size - case mine.statistic when 'production' then largest.us_size else largest.size end
            as log_ratio
    from sizes as mine
    inner join production as theirs
        on mine.edition = theirs.edition and mine.subject_id = theirs.subject_id
    inner join largest
        on mine.edition = largest.edition and mine.subject_id = largest.subject_id
    where
        mine.table_name = 'salient'
        and mine.statistic in ('production', 'consumption')
        and (mine.statistic = 'consumption' or theirs.us_size is not null)

),

-- decimal logarithms: reserves of 1 to 1,000 years; capacity of a sixth to sixteen times the
-- output; US output in both tables; what the United States use of the world's output
limits (table_name, statistic, expected, low, high) as (

    values
    ('world', 'reserves', 1.7, 0.0, 3.0),
    ('world', 'capacity', 0.2, -0.8, 1.2),
    ('salient', 'production', 0.0, -1.5, 1.5),
    ('salient', 'consumption', -1.1, -2.6, 0.4)

),

compared as (

    select
        pairs.* exclude (log_ratio),
        pairs.log_ratio - limits.expected as log_ratio,
        pairs.log_ratio < limits.low or pairs.log_ratio > limits.high as is_contradiction
    from (
        select * from in_world
        union all
        select * from in_us_tables
    ) as pairs
    inner join limits
        on pairs.table_name = limits.table_name and pairs.statistic = limits.statistic

)

select
    edition, subject_id, table_name, series_id, statistic, other_table_name, other_series_id,
    other_statistic,
    round(log_ratio, 6) as log_ratio,
    is_contradiction
from compared
union all
select
    edition, subject_id, other_table_name, other_series_id, other_statistic, table_name, series_id,
    statistic,
    round(-log_ratio, 6),
    is_contradiction
from compared
