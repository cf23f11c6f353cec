-- One row per reporter and year of UN Comtrade: whether it filed, and how much of what its partners
-- report of it (their exports to it, their imports from it) is on a side of trade that it has
-- filed. A country that partners name has its row without a filing: nothing filed is not no trade.
with

-- a year is read from annual declarations, from monthly ones where a reporter has no annual
flows as (

    select *
    from (
        select *, min(period_type) over (partition by reporter_id, year) as read_as
        from {{ ref('int_trade__comtrade_flows') }}
        where is_latest
    ) as declared
    where period_type = read_as

),

filings as (

    select
        *,
        year(period_start_date) as year,
        min(period_type) over (partition by reporter_id, year(period_start_date)) as read_as
    from {{ ref('int_trade__filings') }}

),

filed as (

    select
        reporter_id, year, flow,
        case when min(period_type) = 'A' then 1 else least(1, count(*) / cast(12 as double)) end
            as filed_share
    from filings
    where period_type = read_as
    group by reporter_id, year, flow

),

mirrored as (

    select
        partner_id as reporter_id, year,
        case flow when 'export' then 'import' else 'export' end as flow,
        {{ exact_sum('value_usd') }} as expected_usd
    from flows
    where partner_id <> reporter_id and partner_id not in ('NES', 'SPECIAL', 'UNMAPPED')
    group by partner_id, year, flow

),

books as (

    select
        reporter_id, year,
        {{ exact_sum('coalesce(mirrored.expected_usd, 0)') }} as expected_usd,
        {{ exact_sum('coalesce(mirrored.expected_usd, 0) * coalesce(filed.filed_share, 0)') }}
            as filed_usd,
        min(coalesce(filed.filed_share, 0)) as least_share,
        max(coalesce(filed.filed_share, 0)) as most_share
    from mirrored
    full join filed
        using (reporter_id, year, flow)
    group by reporter_id, year

),

-- the publisher's list as it stands: a year counts as filed with any of its periods
listed as (

    select
        codes.country_id as reporter_id, cast(substr(looks.period, 1, 4) as integer) as year,
        max(case when looks.is_filed then 1 else 0 end) as is_filed
    from (
        select
            *,
            row_number() over (
                partition by reporter_code, period order by known_from_date desc, edition desc
            ) as place
        from {{ ref('stg_un_comtrade__availability') }}
    ) as looks
    inner join {{ ref('int_country__codes') }} as codes
        on codes.code_system = 'comtrade' and looks.reporter_code = codes.code
    where looks.place = 1
    group by codes.country_id, cast(substr(looks.period, 1, 4) as integer)

),

-- of what both sides declare, the part in which one declaration is more than twice the other
disagreements as (

    select
        reporter_id, year,
        {{ exact_sum(
            'case when larger_usd > 2 * smaller_usd then larger_usd + smaller_usd else 0 end'
        ) }}
        / nullif({{ exact_sum('larger_usd + smaller_usd') }}, 0) as mirror_disagreement_share
    from (
        {% for side in ['exporter_id', 'importer_id'] %}
            select
                {{ side }} as reporter_id, year,
                greatest(x_report_usd, m_report_fob_usd) as larger_usd,
                least(x_report_usd, m_report_fob_usd) as smaller_usd
            from {{ ref('int_trade__mirror_estimates') }}
            where period_type = 'A' and sidedness = 'two_sided'
            {% if not loop.last %}union all{% endif %}
        {% endfor %}
    ) as sides
    group by reporter_id, year

)

select
    reporter_id, year, books.expected_usd, books.filed_usd,
    coalesce(books.filed_usd / nullif(books.expected_usd, 0), books.least_share, 0)
        as coverage_share,
    disagreements.mirror_disagreement_share,
    case
        when books.least_share = 1 then 'reported'
        when books.most_share > 0 or listed.is_filed = 1 then 'incomplete'
        when listed.is_filed = 0 then 'not_filed'
        else 'not_covered'
    end as coverage_status
from books
full join listed
    using (reporter_id, year)
left join disagreements
    using (reporter_id, year)
