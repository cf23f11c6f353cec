-- The origins of an importer's supply stand in for its suppliers, so the mix of codes in which they
-- arrive is not known: what a clause covers is bounded over all codes of the stage.
with

clauses as (

    select * from {{ ref('int_policy__clauses') }}
    where is_in_exposure_scope and effective_date is not null

),

products as (

    select * from {{ ref('bridge_clause_product') }}
    where is_in_exposure_scope

),

countries as (

    select * from {{ ref('bridge_clause_target') }}

),

exclusions as (

    select distinct
        clause_id,
        country_id as importer_id
    from {{ ref('bridge_clause_exclusion') }}

),

cases as (

    select * from {{ ref('int_origin__cases') }}
    where state = 'traced'

),

origins as (

    select * from {{ ref('origin_lookthrough') }}
    where imports_t > 0

),

pooled_lines as (

    select * from {{ ref('int_policy__line_coverages') }}
    where importer_id = 'ALL'

),

producers as (

    select distinct
        case_id,
        country_id as issuer_id
    from {{ ref('int_origin__production') }}

),

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

thresholds as (

    select threshold as estimate_band_limit
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'estimate_band_limit'

),

{{ concern_and_partner_steps() }},

case_codes as (

    {{ split_list('cases', ['case_id'], 'product_codes', 'product_code') }}

),

hits as (

    select
        clauses.clause_id,
        issuers.country_id as issuer_id,
        case_codes.case_id, case_codes.product_code, products.coverage_low, products.coverage_high,
        case
            when products.coverage_low = products.coverage_high then products.coverage_low
            else lines.coverage_low
        end as estimate_low,
        case
            when products.coverage_low = products.coverage_high then products.coverage_high
            else lines.coverage_high
        end as estimate_high,
        products.coverage_low < products.coverage_high as is_by_lines
    from clauses
    inner join products
        on clauses.clause_id = products.clause_id
    inner join case_codes
        on products.product_code = case_codes.product_code
    inner join countries as issuers
        on clauses.clause_id = issuers.clause_id and issuers.role = 'issuer'
    left join pooled_lines as lines
        on
            clauses.clause_id = lines.clause_id
            and products.product_code = lines.product_code
            and issuers.country_id = lines.exporter_id

),

-- a code of the stage that the clause does not name is not covered
covered as (

    select
        hits.clause_id, hits.issuer_id, hits.case_id,
        case when count(*) = max(cases.n_codes) then min(hits.coverage_low) else 0.0 end
            as coverage_low,
        max(hits.coverage_high) as coverage_high,
        case
            when count(hits.estimate_low) < count(*) then null
            when count(*) = max(cases.n_codes) then min(hits.estimate_low)
            else 0.0
        end as estimate_low,
        case when count(hits.estimate_high) = count(*) then max(hits.estimate_high) end
            as estimate_high,
        bool_or(hits.is_by_lines) as is_by_lines
    from hits
    inner join cases
        on hits.case_id = cases.case_id
    group by hits.clause_id, hits.issuer_id, hits.case_id

),

-- a clause on exports to everybody holds goods back at the issuer's border, whoever gets them in
-- the end; one against a named country meets what comes through others if it reaches abroad
targets as (

    select
        targets.clause_id,
        targets.country_id as target_id,
        case
            when targets.country_id = 'ALL' or clauses.is_extraterritorial then 'all'
            when clauses.is_extraterritorial is null then 'unknown'
            else 'direct'
        end as reach
    from countries as targets
    inner join clauses
        on targets.clause_id = clauses.clause_id
    where targets.role = 'target'

),

importers as (

    select
        material_id, stage_id, year,
        consumer_id as importer_id,
        max(imports_t) as imports_t,
        max(import_residual_share) as unknown_share,
        coalesce(max(case when origin_id = 'NES' then import_origin_share_high end), 0)
            as unnamed_high,
        bool_and(import_origin_share is not null) as has_origins
    from origins
    group by material_id, stage_id, year, consumer_id

),

reached as (

    select
        covered.*,
        cases.product_codes, cases.material_id, cases.stage_id, cases.year, importers.importer_id,
        importers.imports_t, importers.unknown_share, importers.unnamed_high, importers.has_origins,
        targets.reach,
        producers.issuer_id is not null as is_listed_producer
    from covered
    inner join cases
        on covered.case_id = cases.case_id
    inner join importers
        on
            cases.material_id = importers.material_id
            and cases.stage_id = importers.stage_id
            and cases.year = importers.year
            and covered.issuer_id <> importers.importer_id
    inner join targets
        on
            covered.clause_id = targets.clause_id
            and targets.target_id in (importers.importer_id, 'ALL')
    left join exclusions
        on
            covered.clause_id = exclusions.clause_id
            and importers.importer_id = exclusions.importer_id
    left join producers
        on covered.case_id = producers.case_id and covered.issuer_id = producers.issuer_id
    where exclusions.clause_id is null
    -- of two targets that are the same importer, the one with the wider reach
    qualify row_number() over (
        partition by
            covered.clause_id, covered.issuer_id, covered.case_id, importers.importer_id
        order by targets.reach
    ) = 1

),

-- what the issuer is known to have produced, and apart from it what may be its too
shares as (

    select
        reached.*,
        reached.issuer_id as origin_id,
        case
            when reached.reach = 'all' then origins.import_origin_share_low
            -- what did not come from the issuer itself came through others
            else greatest(
                origins.import_origin_share_low - (1 - coalesce(origins.declared_share, 0)), 0
            )
        end as share_low,
        least(
            greatest(
                origins.import_origin_share_high - reached.unknown_share,
                origins.import_origin_share_low
            ),
            case
                when reached.reach = 'direct' then coalesce(origins.declared_share, 0) else 1.0
            end
        ) as share_high,
        case when reached.reach = 'all' then origins.import_origin_share end as share_best
    from reached
    inner join origins
        on
            reached.material_id = origins.material_id
            and reached.stage_id = origins.stage_id
            and reached.year = origins.year
            and reached.importer_id = origins.consumer_id
            and reached.issuer_id = origins.origin_id
    union all
    select
        reached.*,
        'NES' as origin_id,
        0.0 as share_low,
        least(
            case
                when reached.is_listed_producer then reached.unknown_share
                else greatest(reached.unnamed_high, reached.unknown_share)
            end,
            case
                when reached.reach = 'direct' then coalesce(origins.declared_share, 0) else 1.0
            end
        ) as share_high,
        case
            when reached.has_origins and (reached.is_listed_producer or reached.unnamed_high = 0)
                then 0.0
        end as share_best
    from reached
    left join origins
        on
            reached.material_id = origins.material_id
            and reached.stage_id = origins.stage_id
            and reached.year = origins.year
            and reached.importer_id = origins.consumer_id
            and reached.issuer_id = origins.origin_id

),

entities as (

    select
        material_id, stage_id, year, importer_id,
        importer_id as entity_id,
        'none' as membership_variant,
        1.0 as weight
    from importers
    union all
    select
        importers.material_id, importers.stage_id, importers.year, importers.importer_id,
        members.bloc_id as entity_id,
        members.membership_variant,
        importers.imports_t / {{ exact_sum(
            'importers.imports_t',
            'partition by members.bloc_id, importers.material_id, importers.stage_id, '
            ~ 'importers.year'
        ) }} as weight
    from importers
    inner join members
        on
            importers.importer_id = members.country_id
            and cast(concat(cast(importers.year as varchar), '-12-31') as date)
            = members.period_end_date

),

estimated as (

    select
        shares.*,
        entities.entity_id, entities.membership_variant, entities.weight,
        coalesce(
            shares.estimate_high - shares.estimate_low <= thresholds.estimate_band_limit, false
        ) as has_estimate
    from shares
    inner join entities
        on
            shares.material_id = entities.material_id
            and shares.stage_id = entities.stage_id
            and shares.year = entities.year
            and shares.importer_id = entities.importer_id
    cross join thresholds
    where round(entities.weight * shares.share_high, 12) > 0 and shares.coverage_high > 0

)

select
    cast(estimated.clause_id as varchar) as clause_id,
    cast(estimated.entity_id as varchar) as entity_id,
    cast('gross' as varchar) as netting,
    cast(estimated.membership_variant as varchar) as membership_variant,
    cast(estimated.material_id as varchar) as material_id,
    cast(estimated.stage_id as varchar) as stage_id,
    cast(estimated.year as integer) as base_year,
    cast(estimated.importer_id as varchar) as importer_id,
    cast(estimated.issuer_id as varchar) as issuer_id,
    cast(estimated.origin_id as varchar) as origin_id,
    cast(estimated.product_codes as varchar) as product_codes,
    cast(clauses.effective_date as date) as effective_date,
    cast(concern.country_id is not null as boolean) as issuer_is_concern,
    cast(partners.country_id is not null as boolean) as issuer_is_partner,
    cast(estimated.reach as varchar) as reach,
    -- differences of shares carry no more digits
    cast(round(estimated.weight * estimated.share_low, 12) as double) as import_share_low,
    cast(round(estimated.weight * estimated.share_high, 12) as double) as import_share_high,
    cast(round(estimated.weight * estimated.share_best, 12) as double) as import_share_best,
    cast(estimated.coverage_low as double) as coverage_low,
    cast(estimated.coverage_high as double) as coverage_high,
    cast(
        case
            when estimated.has_estimate then (estimated.estimate_low + estimated.estimate_high) / 2
        end as double
    ) as coverage_best,
    cast(case when estimated.has_estimate then estimated.estimate_low end as double)
        as coverage_best_low,
    cast(case when estimated.has_estimate then estimated.estimate_high end as double)
        as coverage_best_high,
    cast(case
        when not estimated.has_estimate or estimated.share_best is null then null
        when estimated.is_by_lines then 'lines_of_other_importers'
        else 'register'
    end as varchar) as best_method,
    cast(clauses.severity as double) as severity,
    cast(cases.qty_basis as varchar) as qty_basis,
    cast(greatest(clauses.known_from_date, cases.known_from_date) as date) as known_from_date,
    cast(cases.lineage_id as varchar) as lineage_id
from estimated
inner join clauses
    on estimated.clause_id = clauses.clause_id
inner join cases
    on estimated.case_id = cases.case_id
left join concern
    on estimated.issuer_id = concern.country_id
left join partners
    on estimated.issuer_id = partners.country_id
