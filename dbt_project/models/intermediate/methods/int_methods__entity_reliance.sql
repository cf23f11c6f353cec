-- One row per entity, material, stage and year: import reliance in tonnes on one basis, of countries,
-- and of blocs from the sums of their members where all of them are known.
with

balances as (

    select * from {{ ref('int_methods__physical_balance') }}

),

members as (

    select
        bloc_id, country_id,
        cast(extract(year from period_end_date) as integer) as year
    from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'
    group by bloc_id, country_id, period_end_date

),

blocs as (

    select
        members.bloc_id as entity_id,
        balances.material_id, balances.stage_id, balances.year,
        sum(balances.production_t) as production_t,
        -- trade among members cancels out
        sum(balances.imports_t - balances.exports_t) as net_imports_t,
        max(balances.known_from_date) as known_from_date,
        max(balances.lineage_id) as lineage_id
    from (select distinct * from members) as members
    inner join balances
        on
            members.country_id = balances.country_id
            and members.year = balances.year
    group by members.bloc_id, balances.material_id, balances.stage_id, balances.year
    having bool_and(balances.missing_reason is null or balances.missing_reason = 'negative_use')

)

select
    country_id as entity_id,
    material_id, stage_id, year, production_t,
    imports_t - exports_t as net_imports_t,
    use_t, import_reliance_share, known_from_date, lineage_id
from balances
where missing_reason is null

union all

select
    entity_id, material_id, stage_id, year, production_t, net_imports_t,
    production_t + net_imports_t as use_t,
    greatest(least(net_imports_t / (production_t + net_imports_t), 1), 0) as import_reliance_share,
    known_from_date, lineage_id
from blocs
where production_t + net_imports_t > 0
