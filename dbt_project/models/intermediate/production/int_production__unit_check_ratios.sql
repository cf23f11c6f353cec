-- One row per edition, subject, series and statistic of the USGS tables: how far it is from other
-- editions, from its usual size and from the rest of its own edition, and whether its unit is off
-- (`is_slip`). The closest pair of figures per country (US tables: per year) is compared and the
-- median taken, so that one country's swing or a new detail proves nothing. The usual size decides
-- where it is known. Else editions that differ by more than a factor of ten are compared with
-- limits of their own: reserves last about fifty years of production, a US figure is of the size of
-- the commodity's other US figures. Where that does not decide, most editions win, and of two the
-- earlier one. What is left is a contradiction within the edition: of its two sides the one that a
-- third figure supports stays, else neither does.
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

),

across_editions as (

    select
        {{ key }},
        sum(n_compared) as n_compared,
        max_by(log_ratio, (abs(log_ratio), log_ratio)) filter (where log_ratio is not null)
            as log_ratio,
        string_agg(other_edition, ', ' order by other_edition) filter (where is_apart)
            as apart_from_editions,
        coalesce(
            max(is_stranger) filter (where is_apart) = 1,
            2 * count(*) filter (where is_apart) > 1 + count(*)
            or (
                2 * count(*) filter (where is_apart) = 1 + count(*)
                and bool_or(is_apart and is_later)
            )
        ) as is_slip
    from votes
    group by {{ key }}

),

-- what others say of a figure: whether it is off, and whether it is known to be right
outside as (

    select
        usual.table_name, usual.edition, usual.subject_id, usual.series_id, usual.statistic,
        usual.known_from_date, usual.usual_log_ratio, usual.is_unusual,
        coalesce(across_editions.n_compared, 0) as n_compared,
        across_editions.log_ratio, across_editions.apart_from_editions,
        coalesce(usual.is_unusual, across_editions.is_slip, false) as is_off,
        coalesce(
            not usual.is_unusual,
            across_editions.n_compared > 0 and across_editions.apart_from_editions is null,
            false
        ) as is_supported
    from {{ ref('int_production__unit_check_sizes') }} as usual
    left join across_editions using ({{ key }})

),

inside as (

    select * from {{ ref('int_production__unit_check_pairs') }}

),

supported as (

    select
        outside.*,
        outside.is_supported or coalesce(agreeing.n_agreeing, 0) > 0 as has_support
    from outside
    left join (
        select
            {{ key }},
            count(*) as n_agreeing
        from inside
        where not is_contradiction
        group by {{ key }}
    ) as agreeing using ({{ key }})

),

-- contradictions that no figure explains which is known to be off
contradictions as (

    select
        mine.table_name, mine.edition, mine.subject_id, mine.series_id, mine.statistic,
        max_by(inside.log_ratio, (abs(inside.log_ratio), inside.log_ratio)) filter (
            where inside.log_ratio is not null
        ) as log_ratio,
        string_agg(
            distinct theirs.statistic || case theirs.table_name when 'salient' then ' (US)' else '' end,
            ', '
        ) as other_statistics
    from inside
    inner join supported as mine using ({{ key }})
    inner join supported as theirs
        on
            inside.edition = theirs.edition
            and inside.subject_id = theirs.subject_id
            and inside.other_table_name = theirs.table_name
            and inside.other_series_id = theirs.series_id
            and inside.other_statistic = theirs.statistic
    where
        inside.is_contradiction
        and not mine.is_off
        and not theirs.is_off
        and (theirs.has_support or not mine.has_support)
    group by all

)

select
    {{ key }},
    outside.known_from_date, outside.n_compared,
    case
        when outside.apart_from_editions is not null then outside.log_ratio
        when outside.is_unusual then outside.usual_log_ratio
        else coalesce(contradictions.log_ratio, outside.log_ratio)
    end as log_ratio,
    outside.apart_from_editions,
    case
        when outside.apart_from_editions is not null
            then 'the figures of edition ' || outside.apart_from_editions
        when outside.is_unusual then 'what is usual for the commodity'
        else 'what its ' || contradictions.other_statistics || ' of the same edition let expect'
    end as evidence,
    outside.is_off or contradictions.edition is not null as is_slip
from outside
left join contradictions using ({{ key }})
