-- One row per edition, material, form, year and role of the US balance: what its lines add up to,
-- in tonnes (gases in cubic metres), on one basis. One line without a number leaves the sum
-- without one: withheld is not zero. A line that serves several forms at once counts as aggregated
-- elsewhere. Stocks are year-end levels here.
with

salient as (

    select * from {{ ref('int_production__us_salient') }}

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
        salient.year, matched.qty_basis, units.quantity_unit,
        -- a figure without a unit is no quantity, nor are exports of -2 t (tellurium, 2024);
        -- only a stockpile is filled by a negative shipment
        case
            when matched.role = 'reliance' then salient.value
            when matched.is_joint or (salient.value < 0 and matched.role <> 'release') then null
            else salient.value * units.factor
        end as value,
        case
            when matched.is_joint then 'included_elsewhere'
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

)

select
    source_id, edition, material_id, form_id, year, role,
    case when count(*) = count(value) then sum(value) end as quantity,
    max(quantity_unit) as quantity_unit,
    min(qty_basis) as qty_basis,
    count(distinct qty_basis) > 1 as is_basis_mixed,
    case
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
from lines
group by source_id, edition, material_id, form_id, year, role
