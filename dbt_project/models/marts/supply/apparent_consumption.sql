-- noqa: disable=LT02
with

terms as (

    select * from {{ ref('int_production__us_balance') }}
    where role <> 'reliance'

),

{% set roles = ['primary', 'secondary', 'import', 'export', 'stock', 'release', 'consumption'] %}
balances as (

    select
        source_id, edition, material_id, form_id, year,
        max(quantity_unit) as quantity_unit,
        min(qty_basis) as qty_basis,
        {%- for role in roles %}
        max(case when role = '{{ role }}' then quantity end) as {{ role }}_quantity,
        coalesce(max(case when role = '{{ role }}' then value_status end), 'not_listed')
            as {{ role }}_status,
        {%- endfor %}
        max(case when role = 'consumption' then value_operator end) as consumption_operator,
        max(case when role = 'consumption' then details end) as consumption_text,
        max(case when role <> 'consumption' and value_operator <> '=' then 1 else 0 end) = 1
            as has_bound,
        max(case when is_basis_mixed then 1 else 0 end) = 1
        or min(qty_basis) <> max(qty_basis) as is_basis_mixed,
        max(definition_text) as definition_text,
        min(known_from_date) as known_from_date,
        min(known_to_date) as known_to_date
    from terms
    group by source_id, edition, material_id, form_id, year

),

-- year-end stocks fall when they are used; the level of the year before must be in the same
-- edition
drawn as (

    select
        *,
        lag(stock_quantity) over series - stock_quantity as stock_fall,
        lag(year) over series = year - 1 as has_year_before
    from balances
    window series as (
        partition by source_id, edition, material_id, form_id
        order by year
    )

),

supplied as (

    select
        *,
        case
            when stock_status <> 'not_listed' and release_status <> 'not_listed'
                then stock_fall + release_quantity
            when stock_status <> 'not_listed' then stock_fall
            when release_status <> 'not_listed' then release_quantity
        end as stock_change_quantity,
        case
            when stock_status = 'not_listed' then release_status
            when stock_quantity is null then stock_status
            when stock_fall is null then 'unknown'
            when release_status <> 'not_listed' and release_quantity is null then release_status
            else stock_status
        end as stock_change_status
    from drawn

),

-- lines that the chapter of a material has in any edition
expected as (

    select * from {{ ref('int_production__balance_roles') }}

),

balance_gap as (

    select threshold as max_gap_share
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'balance_gap_share'

),

-- what no chapter lists is no term of the balance; what one lists without a number is
added as (

    select
        supplied.*,
        import_quantity is not null
        and export_quantity is not null
        and (primary_quantity is not null or secondary_quantity is not null)
        and (primary_quantity is not null or primary_status = 'not_listed')
        and (secondary_quantity is not null or secondary_status = 'not_listed')
        and (stock_change_quantity is not null or stock_change_status = 'not_listed')
        and not has_bound
        and not is_basis_mixed as has_all_terms,
        {%- for role in roles if role != 'consumption' %}
        {{ "or " if not loop.first }}(
            {{ role }}_status = 'not_listed' and coalesce(expected.has_{{ role }}_line, false)
        )
        {%- endfor %} as lacks_line,
        coalesce(primary_quantity, 0) + coalesce(secondary_quantity, 0)
        + import_quantity - export_quantity + coalesce(stock_change_quantity, 0) as balance,
        -- half a unit of the last digit that is printed, as a share
        0.5 / nullif(try_cast(
            trim(both '0' from replace(
                regexp_replace(cast(consumption_quantity as varchar), '[.]0$', ''), '.', ''
            )) as double
        ), 0) as rounding_share
    from supplied
    left join expected
        on
            supplied.material_id = expected.material_id
            and supplied.form_id = expected.form_id

),

-- consumption beyond what the lines add up to comes from a line that is not printed: the table of
-- palladium lacks what is recovered from scrap
computed as (

    select
        added.*,
        has_all_terms
        and not lacks_line
        and not coalesce(
            consumption_operator = '='
            and consumption_quantity
            > balance * (1 + balance_gap.max_gap_share + rounding_share),
            false
        ) as is_complete
    from added
    cross join balance_gap

),

flagged as (

    select
        *,
        {{ flag_list({
            'BASIS_MIXED': 'is_basis_mixed',
            'BOUND_IN_BALANCE': 'has_bound',
            'INPUTS_INCOMPLETE': 'not is_complete',
            'NO_CONSUMPTION_PRINTED': 'consumption_quantity is null',
        }) | indent(8) }} as quality_flags
    from computed

)

select
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast('USA' as varchar) as country_id,
    cast(material_id as varchar) as material_id,
    cast(form_id as varchar) as form_id,
    cast(year as integer) as year,
    cast(quantity_unit as varchar) as quantity_unit,
    cast(case when is_basis_mixed then 'mixed' else qty_basis end as varchar) as qty_basis,
    cast(primary_quantity as double) as primary_production_quantity,
    cast(primary_status as varchar) as primary_production_status,
    cast(secondary_quantity as double) as secondary_production_quantity,
    cast(secondary_status as varchar) as secondary_production_status,
    cast(import_quantity as double) as imports_quantity,
    cast(import_status as varchar) as imports_status,
    cast(export_quantity as double) as exports_quantity,
    cast(export_status as varchar) as exports_status,
    cast(stock_change_quantity as double) as stock_change_quantity,
    cast(stock_change_status as varchar) as stock_change_status,
    cast(consumption_quantity as double) as consumption_quantity,
    cast(consumption_status as varchar) as consumption_status,
    cast(consumption_operator as varchar) as consumption_operator,
    cast(case when is_complete then balance end as double) as balance_quantity,
    cast(is_complete as boolean) as is_complete,
    cast(
        coalesce(consumption_text || '; ', '') || coalesce(definition_text, '') as varchar
    ) as definition_text,
    cast(quality_flags as varchar) as quality_flags,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from flagged
