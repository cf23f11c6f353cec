-- One row per edition, material, form, year and role of the US balance: what its lines add up to,
-- in tonnes (gases in cubic metres), on one basis. One line without a number leaves the sum
-- without one: withheld is not zero. A line that serves several forms at once counts as aggregated
-- elsewhere. Stocks are year-end levels here. Shares are not added, nor two measures of
-- consumption: of several lines of reliance the one that names the material is that of the form,
-- the others are forms of their own. Where
-- the chapter has no reliance, that of the report's introduction is taken.
with

chapters as (

    select
        source_id, edition, material_id, statistic, detail, form_id as detail_form_id, year,
        occurrence, unit, value, value_status, value_operator, definition_text, known_from_date,
        known_to_date
    from {{ ref('int_production__us_salient') }}
    where material_id is not null

),

introductions as (

    select * from {{ ref('int_production__printed_reliance') }}

),

superseding as (

    select
        introductions.edition, introductions.material_id, introductions.year,
        min(chapters.known_from_date) as known_to_date
    from introductions
    inner join chapters
        on
            introductions.material_id = chapters.material_id
            and introductions.year = chapters.year
            and introductions.known_from_date < chapters.known_from_date
    group by introductions.edition, introductions.material_id, introductions.year

),

salient as (

    select chapters.*
    from chapters
    left join (select distinct edition, material_id, year from introductions) as replaced
        on
            chapters.edition = replaced.edition
            and chapters.material_id = replaced.material_id
            and chapters.year = replaced.year
            and chapters.statistic = 'net_import_reliance'
            and chapters.value_status = 'unknown'
    where replaced.edition is null
    union all
    select
        introductions.source_id, introductions.edition, introductions.material_id,
        'net_import_reliance' as statistic,
        introductions.detail,
        introductions.form_id as detail_form_id,
        introductions.year,
        1 as occurrence,
        'percent' as unit,
        introductions.value, introductions.value_status, introductions.value_operator,
        'net import reliance in the introduction of the report' as definition_text,
        introductions.known_from_date,
        superseding.known_to_date
    from introductions
    left join superseding
        on
            introductions.edition = superseding.edition
            and introductions.material_id = superseding.material_id
            and introductions.year = superseding.year
    left join chapters
        on
            introductions.edition = chapters.edition
            and introductions.material_id = chapters.material_id
            and introductions.year = chapters.year
            and chapters.statistic = 'net_import_reliance'
            and chapters.value_status <> 'unknown'
    where chapters.edition is null

),

rules as (

    select
        material_id, statistic,
        coalesce(detail_contains, '') as detail_contains,
        form_id, role, qty_basis, is_joint, stage_ids
    from {{ ref('us_balance_lines') }}

),

units as (

    select distinct
        unit_name, quantity_unit, factor
    from {{ ref('usgs_units') }}

),

matched as (

    select
        salient.material_id, salient.statistic, salient.detail, rules.form_id, rules.role,
        rules.qty_basis, rules.is_joint, rules.stage_ids,
        row_number() over (
            partition by salient.material_id, salient.statistic, salient.detail
            order by length(rules.detail_contains) desc nulls last, rules.detail_contains
        ) as place
    from (select distinct material_id, statistic, detail from salient) as salient
    inner join rules
        on
            salient.material_id = rules.material_id
            and salient.statistic = rules.statistic
            and lower(salient.detail) like '%' || rules.detail_contains || '%'

),

lines as (

    select
        salient.source_id, salient.edition, salient.material_id, matched.form_id, matched.role,
        salient.detail_form_id,
        salient.year, matched.qty_basis, units.quantity_unit,
        -- a figure without a unit is no quantity, nor are exports of -2 t (tellurium, 2024);
        -- only a stockpile is filled by a negative shipment; more than all is no reliance
        case
            when matched.role = 'reliance'
                then case when salient.value between 0 and 100 then salient.value end
            when matched.is_joint or (salient.value < 0 and matched.role <> 'release') then null
            else salient.value * units.factor
        end as value,
        case
            when matched.is_joint then 'included_elsewhere'
            when matched.role = 'reliance' and not salient.value between 0 and 100 then 'unknown'
            when matched.role = 'reliance' or salient.value is null then salient.value_status
            when units.factor is null or (salient.value < 0 and matched.role <> 'release')
                then 'unknown'
            else salient.value_status
        end as value_status,
        salient.value_operator, salient.detail, matched.stage_ids, salient.definition_text,
        salient.known_from_date, salient.known_to_date
    from salient
    inner join matched
        on
            salient.material_id = matched.material_id
            and salient.statistic = matched.statistic
            and salient.detail = matched.detail
            and matched.place = 1
    left join units
        on salient.unit = units.unit_name
    where matched.role <> 'beside'

),

scoped as (

    select
        *,
        case
            when lower(detail) like '%' || replace(material_id, '_', ' ') || '%' then 1
            when detail = '' or lower(detail) like '%total%' or lower(detail) like 'all%' then 2
            else 3
        end as scope_rank
    from lines

),

ranked as (

    select
        *,
        count(*) over (
            partition by source_id, edition, material_id, form_id, year, role
        ) as n_lines,
        row_number() over (
            partition by source_id, edition, material_id, form_id, year, role
            order by scope_rank, length(detail), detail
        ) as place
    from scoped

),

formed as (

    select
        * exclude (form_id),
        case
            when role = 'reliance' and n_lines > 1 and (place > 1 or scope_rank = 3)
                then detail_form_id
            else form_id
        end as form_id
    from ranked

)

select
    source_id, edition, material_id, form_id, year, role,
    case
        when count(*) > count(value) then null
        when role not in ('reliance', 'consumption') then {{ exact_sum('value') }}
        when min(value) = max(value) then min(value)
    end as quantity,
    max(quantity_unit) as quantity_unit,
    min(qty_basis) as qty_basis,
    count(distinct qty_basis) > 1 as is_basis_mixed,
    case
        when role in ('reliance', 'consumption') and min(value) <> max(value) then 'unknown'
        when count(*) > count(value) then max(case when value is null then value_status end)
        when max(case when value_status = 'estimated' then 1 else 0 end) = 1 then 'estimated'
        when max(case when value_status = 'reported' then 1 else 0 end) = 1 then 'reported'
        else 'zero'
    end as value_status,
    -- one line keeps its operator; among several any bound leaves the sum a bound
    case
        when count(*) = 1 then max(value_operator)
        when max(case when value_operator like '>%' then 1 else 0 end) = 1 then '>='
        when max(case when value_operator like '<%' then 1 else 0 end) = 1 then '<='
        else '='
    end as value_operator,
    string_agg(detail, ' + ' order by detail) as details,
    max(stage_ids) as stage_ids,
    max(definition_text) as definition_text,
    min(known_from_date) as known_from_date,
    min(known_to_date) as known_to_date
from formed
group by source_id, edition, material_id, form_id, year, role
