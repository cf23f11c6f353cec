-- One row per production source, entity, material, stage and year: production, net imports and
-- import reliance in tonnes on one basis, of countries, and of blocs from the sums of their members.
-- Members that are not listed as producers make at most what is left for "other countries": nothing
-- beside a bloc twenty times as large.
with

balances as (

    select * from {{ ref('int_methods__physical_balance') }}

),

members as (

    select distinct
        bloc_id, country_id,
        cast(extract(year from period_end_date) as integer) as year
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

sums as (

    select
        members.bloc_id as entity_id,
        balances.production_source_id, balances.material_id, balances.stage_id, balances.year,
        max(balances.qty_basis) as qty_basis,
        bool_or(balances.missing_reason = 'basis_mismatch') as is_basis_mismatch,
        bool_or(balances.missing_reason = 'missing_weight') as is_weight_missing,
        -- a listed member without a figure may make anything
        bool_or(balances.is_listed and balances.production_t is null) as is_producer_hidden,
        bool_or(balances.production_t is null) as is_member_unknown,
        max(balances.other_countries_t) as other_countries_t,
        coalesce({{ exact_sum('balances.production_t') }}, 0) as production_t,
        {{ exact_sum('balances.imports_t') }} as imports_t,
        -- trade among members cancels out
        {{ exact_sum('balances.imports_t - balances.exports_t') }} as net_imports_t,
        max(balances.known_from_date) as known_from_date,
        max(balances.lineage_id) as lineage_id
    from members
    inner join balances
        on
            members.country_id = balances.country_id
            and members.year = balances.year
    group by
        balances.production_source_id, members.bloc_id, balances.material_id, balances.stage_id,
        balances.year

),

blocs as (

    select
        *,
        case
            when is_basis_mismatch then 'basis_mismatch'
            when
                is_producer_hidden
                or (is_member_unknown and other_countries_t > 0.05 * (production_t + imports_t))
                then 'missing_production'
            when is_weight_missing then 'missing_weight'
            when production_t + net_imports_t < 0 then 'negative_use'
        end as missing_reason
    from sums

)

select
    country_id as entity_id,
    production_source_id, material_id, stage_id, year, qty_basis, production_t,
    imports_t - exports_t as net_imports_t,
    use_t, import_reliance_share, missing_reason, known_from_date, lineage_id
from balances

union all

select
    entity_id, production_source_id, material_id, stage_id, year, qty_basis,
    case
        when missing_reason in ('basis_mismatch', 'missing_production') then null
        else production_t
    end as production_t,
    net_imports_t,
    case when missing_reason is null then production_t + net_imports_t end as use_t,
    case
        when missing_reason is null and production_t + net_imports_t > 0
            then greatest(least(net_imports_t / (production_t + net_imports_t), 1), 0)
    end as import_reliance_share,
    missing_reason, known_from_date, lineage_id
from blocs
