with

methods as (

    select * from {{ ref('int_dependency__reliance_methods') }}

),

published as (

    select * from methods
    where method = 'published'

),

tolerance as (

    select threshold as identity_pp
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'nir_identity_pp'

),

compared as (

    select
        methods.*,
        -- a bound or a net exporter is no number to take a difference from
        case
            when methods.method = 'identity' and published.nir_operator = '='
                then abs(methods.nir_ratio - published.nir_ratio) * 100
        end as abs_diff_pp_published,
        case
            when methods.method <> 'identity' then false
            when methods.value_status = 'net_exporter'
                then
                    published.nir_ratio is not null
                    and published.nir_operator not in ('<', '<=')
            when methods.nir_ratio is null then false
            when published.value_status = 'net_exporter'
                then methods.nir_ratio * 100 > tolerance.identity_pp
            when published.nir_operator in ('>', '>=')
                then (published.nir_ratio - methods.nir_ratio) * 100 > tolerance.identity_pp
            when published.nir_operator in ('<', '<=')
                then (methods.nir_ratio - published.nir_ratio) * 100 > tolerance.identity_pp
            else abs(methods.nir_ratio - published.nir_ratio) * 100 > tolerance.identity_pp
        end as is_mismatch
    from methods
    cross join tolerance
    left join published
        on
            methods.source_id = published.source_id
            and methods.edition = published.edition
            and methods.country_id = published.country_id
            and methods.material_id = published.material_id
            and methods.form_id = published.form_id
            and methods.year = published.year

),

flagged as (

    select
        *,
        trim(both '|' from quality_flags || case
            when coalesce(is_mismatch, false) then '|DEFINITION_MISMATCH' else ''
        end) as all_flags,
        -- forms are never added: the one of all forms, else what is made of the ore, stands for all
        method = 'published' and known_to_date is null and row_number() over (
            partition by country_id, material_id, year, method, known_to_date is null
            order by
                form_id = 'all_forms' desc, coalesce(stage_ids, '') = 'ore', form_id,
                source_id, edition
        ) = 1 as is_headline
    from compared

)

select
    cast(country_id as varchar) as country_id,
    cast(material_id as varchar) as material_id,
    cast(form_id as varchar) as form_id,
    cast(stage_ids as varchar) as stage_ids,
    cast(year as integer) as year,
    cast(source_id as varchar) as source_id,
    cast(edition as varchar) as edition,
    cast(method as varchar) as method,
    cast(nir_ratio as double) as nir_ratio,
    cast(nir_operator as varchar) as nir_operator,
    cast(value_status as varchar) as value_status,
    cast(value_status = 'net_exporter' as boolean) as is_net_exporter,
    cast(is_headline as boolean) as is_headline,
    cast(definition_text as varchar) as definition_text,
    cast(qty_basis as varchar) as qty_basis,
    cast(ac_t as double) as ac_t,
    cast(production_qualifying_t as double) as production_qualifying_t,
    cast(imports_t as double) as imports_t,
    cast(exports_t as double) as exports_t,
    cast(stock_change_t as double) as stock_change_t,
    cast(abs_diff_pp_published as double) as abs_diff_pp_published,
    cast(all_flags as varchar) as quality_flags,
    cast(known_from_date as date) as known_from_date,
    cast(known_to_date as date) as known_to_date,
    cast({{ lineage_part('source_id', 'edition') }} as varchar) as lineage_id
from flagged
