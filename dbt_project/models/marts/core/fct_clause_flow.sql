with

clauses as (

    select * from {{ ref('int_policy__clauses') }}
    where is_in_exposure_scope

),

products as (

    select * from {{ ref('bridge_clause_product') }}
    where is_in_exposure_scope

),

countries as (

    select * from {{ ref('bridge_clause_target') }}

),

clause_items as (

    select distinct
        named.clause_id, named.item_id,
        materials.parent_material_id as parent_id
    from {{ ref('bridge_clause_material') }} as named
    left join {{ ref('int_reference__materials') }} as materials
        on named.item_id = materials.material_id

),

materials as (

    select * from {{ ref('int_reference__materials') }}

),

groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        period_type = 'A'
        and membership_variant in ('none', 'as_of_today')
        and imports_usd > 0

),

flows as (

    select * from {{ ref('int_trade__item_code_flows') }}
    where period_type = 'A' and not is_reimport and value_high_usd > 0

),

item_measurements as (

    select * from {{ ref('int_trade__item_measurements') }}

),

factors as (

    select * from {{ ref('stg_reference__basis_factors') }}

),

named_items as (

    select
        clause_id, product_code,
        part as item_id,
        coverage_low, coverage_high
    from {{ ref('int_policy__clause_parts') }}
    where part_kind = 'item'

),

line_coverages as (

    select * from {{ ref('int_policy__line_coverages') }}

),

thresholds as (

    select threshold as estimate_band_limit
    from {{ ref('int_dependency__thresholds') }}
    where threshold_id = 'estimate_band_limit'

),

{{ concern_and_partner_steps() }},

members as (

    select * from {{ ref('int_dependency__bloc_members') }}
    where membership_variant = 'as_of_today'

),

-- who hits whom on which code: the issuer never hits itself
hits as (

    select
        clauses.clause_id, clauses.severity, clauses.effective_date, clauses.known_from_date,
        issuers.country_id as issuer_id,
        targets.country_id as target_id,
        products.product_code, products.coverage_low, products.coverage_high
    from clauses
    inner join products on clauses.clause_id = products.clause_id
    inner join countries as issuers
        on clauses.clause_id = issuers.clause_id and issuers.role = 'issuer'
    inner join countries as targets
        on clauses.clause_id = targets.clause_id and targets.role = 'target'
    where clauses.effective_date is not null

),

-- who may be served under a general licence, or inside a customs territory, is not exposed
exclusions as (

    select
        clause_id,
        country_id as importer_id
    from {{ ref('bridge_clause_exclusion') }}

),

-- a clause against all and one named country hits that country once; of a basket it hits the
-- materials it names, not their neighbours in the code
hit_flows as (

    select
        hits.clause_id, hits.severity, hits.effective_date,
        hits.coverage_low as code_low,
        hits.coverage_high as code_high,
        flows.*,
        greatest(hits.known_from_date, flows.known_from_date) as hit_known_from_date
    from flows
    inner join hits
        on
            flows.exporter_id = hits.issuer_id
            and flows.product_code = hits.product_code
            and hits.target_id in (flows.importer_id, 'ALL')
    left join materials
        on flows.item_id = materials.material_id
    left join exclusions
        on hits.clause_id = exclusions.clause_id and flows.importer_id = exclusions.importer_id
    where
        flows.importer_id <> hits.issuer_id
        and exclusions.clause_id is null
        and (
            flows.item_kind <> 'material'
            or not flows.is_basket
            or exists (
                select 1 from clause_items
                where
                    clause_items.clause_id = hits.clause_id
                    and (
                        flows.item_id in (clause_items.item_id, clause_items.parent_id)
                        or materials.parent_material_id = clause_items.item_id
                    )
            )
        )
    qualify row_number() over (
        partition by
            hits.clause_id, flows.nomenclature, flows.period_start_date, flows.importer_id,
            flows.exporter_id, flows.product_code, flows.item_kind, flows.item_id, flows.stage_id
        order by hits.target_id
    ) = 1

),

-- how much of the flow the clause covers: of a named item of a basket what the clause says of it,
-- else what the importer's own lines show, else what is known of the code
covered as (

    select
        hit_flows.*,
        measurements.flow_basis,
        case
            when named_items.item_id is not null then named_items.coverage_low
            when not coalesce(hit_flows.is_basket and hit_flows.item_kind = 'material', false)
                then coalesce(own.coverage_low, hit_flows.code_low)
            else hit_flows.code_low
        end as coverage_low,
        case
            when named_items.item_id is not null then named_items.coverage_high
            when not coalesce(hit_flows.is_basket and hit_flows.item_kind = 'material', false)
                then coalesce(own.coverage_high, hit_flows.code_high)
            else hit_flows.code_high
        end as coverage_high,
        case
            when named_items.item_id is not null then 'register'
            when own.coverage_low is not null then 'own_lines'
            when hit_flows.code_low = hit_flows.code_high then 'register'
            when pooled.coverage_low is not null then 'lines_of_other_importers'
            else 'register'
        end as coverage_method,
        pooled.coverage_low as pooled_low,
        pooled.coverage_high as pooled_high
    from hit_flows
    inner join item_measurements as measurements
        using (importer_id, item_kind, item_id, stage_id, period_type, period_start_date)
    left join named_items
        on
            hit_flows.clause_id = named_items.clause_id
            and hit_flows.product_code = named_items.product_code
            and case when hit_flows.is_basket then hit_flows.item_id end = named_items.item_id
    left join line_coverages as own
        on
            hit_flows.clause_id = own.clause_id
            and hit_flows.product_code = own.product_code
            and hit_flows.exporter_id = own.exporter_id
            and hit_flows.importer_id = own.importer_id
            and hit_flows.year = own.year
    left join line_coverages as pooled
        on
            hit_flows.clause_id = pooled.clause_id
            and hit_flows.product_code = pooled.product_code
            and hit_flows.exporter_id = pooled.exporter_id
            and 'ALL' = pooled.importer_id

),

importers as (

    select
        importer_id as entity_id,
        importer_id,
        cast(null as date) as period_end_date
    from (select distinct importer_id from covered) as countries_of_flows
    union all
    select
        bloc_id as entity_id,
        country_id as importer_id,
        period_end_date
    from members

),

intra as (

    select
        bloc_id,
        country_id as supplier_id,
        period_end_date
    from members

),

weighed as (

    select
        covered.*,
        groups.entity_id, groups.netting, groups.membership_variant,
        groups.coverage_share as group_coverage_share, groups.filing_coverage_share,
        groups.sure_share,
        groups.imports_usd, groups.low_usd, groups.high_usd, groups.best_usd,
        -- a bloc whose members are on several bases adds them free on board
        case when strpos(groups.bases, '|') > 0 then factors.to_fob_point else 1.0 end as factor,
        case when strpos(groups.bases, '|') > 0 then factors.to_fob_low else 1.0 end as factor_low,
        case when strpos(groups.bases, '|') > 0 then factors.to_fob_high else 1.0 end
            as factor_high
    from covered
    inner join factors
        on covered.flow_basis = factors.flow_basis
    inner join importers
        on covered.importer_id = importers.importer_id
    inner join groups
        on
            importers.entity_id = groups.entity_id
            and covered.item_kind = groups.item_kind
            and covered.item_id = groups.item_id
            and covered.stage_id = groups.stage_id
            and covered.period_start_date = groups.period_start_date
            and (
                importers.period_end_date is null
                or importers.period_end_date = groups.period_end_date
            )
    left join intra
        on
            groups.netting = 'extra'
            and groups.entity_id = intra.bloc_id
            and covered.exporter_id = intra.supplier_id
            and groups.period_end_date = intra.period_end_date
    where intra.supplier_id is null

),

valued as (

    select
        *,
        round(value_usd * factor) as flow_usd,
        round(value_low_usd * factor_low) as flow_low_usd,
        round(value_high_usd * factor_high) as flow_high_usd,
        round(value_best_usd * factor) as flow_best_usd,
        -- the lines themselves may hold goods that the clause does not cover
        case
            when coverage_method = 'lines_of_other_importers' then pooled_low else coverage_low
        end as estimate_low,
        case
            when coverage_method = 'lines_of_other_importers' then pooled_high else coverage_high
        end as estimate_high
    from weighed

),

estimated as (

    select
        valued.*,
        case
            when valued.estimate_high - valued.estimate_low <= thresholds.estimate_band_limit
                then (valued.estimate_low + valued.estimate_high) / 2
        end as coverage_best,
        case
            when valued.group_coverage_share = 1 then valued.flow_best_usd / nullif(valued.best_usd, 0)
        end as import_share_best,
        -- the share of the flow in what is measured of the item's imports
        {{ share_low('flow_low_usd', 'flow_high_usd', 'high_usd', '1.0') }} as measured_share_low,
        {{ share_high('flow_low_usd', 'flow_high_usd', 'low_usd', '1.0') }} as measured_share_high
    from valued
    cross join thresholds

)

select
    cast(estimated.clause_id as varchar) as clause_id,
    cast(estimated.entity_id as varchar) as entity_id,
    cast(estimated.netting as varchar) as netting,
    cast(estimated.membership_variant as varchar) as membership_variant,
    cast(estimated.item_kind as varchar) as item_kind,
    cast(estimated.item_id as varchar) as item_id,
    cast(estimated.stage_id as varchar) as stage_id,
    cast(estimated.year as integer) as base_year,
    cast(estimated.product_code as varchar) as product_code,
    cast(estimated.importer_id as varchar) as importer_id,
    cast(estimated.exporter_id as varchar) as supplier_id,
    cast(estimated.effective_date as date) as effective_date,
    cast(concern.country_id is not null as boolean) as issuer_is_concern,
    cast(partners.country_id is not null as boolean) as issuer_is_partner,
    cast(estimated.flow_usd as double) as value_usd,
    cast(estimated.sure_share * estimated.measured_share_low as double) as import_share_low,
    cast(
        1 - estimated.sure_share + estimated.sure_share * estimated.measured_share_high as double
    ) as import_share_high,
    cast(estimated.measured_share_low as double) as measured_share_low,
    cast(estimated.measured_share_high as double) as measured_share_high,
    cast(estimated.import_share_best as double) as import_share_best,
    cast(estimated.coverage_low as double) as coverage_low,
    cast(estimated.coverage_high as double) as coverage_high,
    cast(estimated.coverage_best as double) as coverage_best,
    cast(
        case when estimated.coverage_best is not null then estimated.estimate_low end as double
    ) as coverage_best_low,
    cast(
        case when estimated.coverage_best is not null then estimated.estimate_high end as double
    ) as coverage_best_high,
    cast(case
        when estimated.coverage_best is null or estimated.import_share_best is null then null
        when 'lines_of_other_importers' in (estimated.coverage_method, estimated.best_method)
            then 'lines_of_other_importers'
        when 'own_lines' in (estimated.coverage_method, estimated.best_method) then 'own_lines'
        else 'register'
    end as varchar) as best_method,
    cast(estimated.severity as double) as severity,
    cast(estimated.hit_known_from_date as date) as known_from_date,
    cast(estimated.group_coverage_share as double) as coverage_share,
    cast(estimated.filing_coverage_share as double) as filing_coverage_share,
    cast(estimated.source_id as varchar) as source_id,
    cast(estimated.edition as varchar) as edition,
    cast(estimated.lineage_id as varchar) as lineage_id
from estimated
left join concern
    on estimated.exporter_id = concern.country_id
left join partners
    on estimated.exporter_id = partners.country_id
