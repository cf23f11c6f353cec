-- One row per edition, subject, series and statistic of the USGS tables that another edition has
-- too: how far apart they are, and whether this edition's unit is off (`is_slip`). The closest pair
-- of figures per country (US tables: per year) is compared and the median taken, so that one
-- country's swing or a new detail proves nothing. Editions that differ by more than a factor of ten
-- are compared with limits of their own: reserves last about fifty years of production, a US
-- figure is of the size of the commodity's other US figures. Where that does not decide, most
-- editions win, and of two the earlier one.
{% set key = 'table_name, edition, subject_id, series_id, statistic' %}
with

cells as (

    select * from {{ ref('int_production__unit_check_values') }}

),

sizes as (

    select
        {{ key }},
        min(known_from_date) as known_from_date,
        median(log10(quantity)) as size
    from cells
    group by {{ key }}

),

yardsticks as (

    select
        mine.table_name, mine.edition, mine.subject_id, mine.series_id, mine.statistic,
        mine.known_from_date,
        abs(
            min(mine.size) - median(others.size)
            - min(case mine.table_name when 'world' then 1.7 else 0 end)
        ) as strangeness
    from sizes as mine
    left join sizes as others
        on
            mine.table_name = others.table_name
            and mine.edition = others.edition
            and mine.subject_id = others.subject_id
            and case mine.table_name
                when 'world' then mine.statistic = 'reserves' and others.statistic = 'production'
                else mine.statistic <> others.statistic
            end
    group by all

),

pairs as (

    select
        mine.table_name, mine.edition, mine.subject_id, mine.series_id, mine.statistic,
        theirs.edition as other_edition,
        mine.entity,
        min_by(log10(mine.quantity / theirs.quantity), abs(log10(mine.quantity / theirs.quantity)))
            as log_ratio
    from cells as mine
    inner join cells as theirs using (table_name, subject_id, series_id, statistic, entity)
    where mine.edition <> theirs.edition
    group by all

),

gaps as (

    select
        {{ key }},
        other_edition,
        count(*) as n_compared,
        median(log_ratio) as log_ratio
    from pairs
    group by {{ key }}, other_edition

),

votes as (

    select
        gaps.*,
        mine.known_from_date,
        abs(gaps.log_ratio) > 1 as is_apart,
        case
            when mine.strangeness - theirs.strangeness > 1 then 1
            when theirs.strangeness - mine.strangeness > 1 then 0
        end as is_stranger,
        (theirs.known_from_date, theirs.edition) < (mine.known_from_date, mine.edition) as is_later
    from gaps
    inner join yardsticks as mine using ({{ key }})
    inner join yardsticks as theirs
        on
            gaps.other_edition = theirs.edition
            and gaps.table_name = theirs.table_name
            and gaps.subject_id = theirs.subject_id
            and gaps.series_id = theirs.series_id
            and gaps.statistic = theirs.statistic

)

select
    {{ key }},
    known_from_date,
    sum(n_compared) as n_compared,
    max_by(log_ratio, abs(log_ratio)) as log_ratio,
    string_agg(other_edition, ', ' order by other_edition) filter (where is_apart)
        as apart_from_editions,
    coalesce(
        max(is_stranger) filter (where is_apart) = 1,
        2 * count(*) filter (where is_apart) > 1 + count(*)
        or (2 * count(*) filter (where is_apart) = 1 + count(*) and bool_or(is_apart and is_later))
    ) as is_slip
from votes
group by {{ key }}, known_from_date
