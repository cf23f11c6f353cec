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

    select
        flows.*,
        factors.to_fob_point
    from {{ ref('int_trade__measured_flows') }} as flows
    inner join {{ ref('stg_reference__basis_factors') }} as factors
        using (flow_basis)
    where flows.period_type = 'A' and not flows.is_reimport and flows.value_usd > 0

),

item_products as (

    select
        item_products.*,
        materials.parent_material_id as parent_id
    from {{ ref('int_dependency__item_products') }} as item_products
    left join materials
        on item_products.item_id = materials.material_id

),

-- where a source has national lines, they separate a basket's item, as in the imports themselves
line_shares as (

    select * from {{ ref('int_trade__line_shares') }}
    where period_type = 'A'
    qualify row_number() over (
        partition by
            importer_id, exporter_id, nomenclature, product_code, item_id, period_start_date
        order by known_from_date desc, edition desc, source_id
    ) = 1

),

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

-- a clause against all and one named country hits that country once
hit_flows as (

    select
        hits.clause_id, hits.severity, hits.effective_date, hits.coverage_low, hits.coverage_high,
        flows.source_id, flows.edition, flows.nomenclature, flows.period_start_date,
        flows.period_end_date, flows.importer_id,
        flows.exporter_id as supplier_id,
        flows.product_code, flows.lineage_id,
        greatest(hits.known_from_date, flows.known_from_date) as known_from_date,
        flows.value_usd, flows.to_fob_point
    from flows
    inner join hits
        on
            flows.exporter_id = hits.issuer_id
            and flows.product_code = hits.product_code
            and hits.target_id in (flows.importer_id, 'ALL')
    where flows.importer_id <> hits.issuer_id
    qualify row_number() over (
        partition by
            hits.clause_id, flows.nomenclature, flows.period_start_date, flows.importer_id,
            flows.exporter_id, flows.product_code
        order by hits.target_id
    ) = 1

),

importers as (

    select
        importer_id as entity_id,
        importer_id,
        cast(null as date) as period_end_date
    from (select distinct importer_id from hit_flows) as countries_of_flows
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

)

select
    cast(hit_flows.clause_id as varchar) as clause_id,
    cast(groups.entity_id as varchar) as entity_id,
    cast(groups.netting as varchar) as netting,
    cast(groups.membership_variant as varchar) as membership_variant,
    cast(groups.item_kind as varchar) as item_kind,
    cast(groups.item_id as varchar) as item_id,
    cast(groups.stage_id as varchar) as stage_id,
    cast(groups.year as integer) as base_year,
    cast(hit_flows.product_code as varchar) as product_code,
    cast(hit_flows.importer_id as varchar) as importer_id,
    cast(hit_flows.supplier_id as varchar) as supplier_id,
    cast(hit_flows.effective_date as date) as effective_date,
    cast(round(
        hit_flows.value_usd * coalesce(line_shares.share_point, own.share_point, 1.0)
        * case when strpos(groups.bases, '|') > 0 then hit_flows.to_fob_point else 1.0 end
    ) as double) as value_usd,
    cast(hit_flows.coverage_low as double) as coverage_low,
    cast(hit_flows.coverage_high as double) as coverage_high,
    cast(hit_flows.severity as double) as severity,
    cast(hit_flows.known_from_date as date) as known_from_date,
    cast(groups.coverage_share as double) as coverage_share,
    cast(hit_flows.source_id as varchar) as source_id,
    cast(hit_flows.edition as varchar) as edition,
    cast(hit_flows.lineage_id as varchar) as lineage_id
from hit_flows
inner join importers on hit_flows.importer_id = importers.importer_id
inner join groups
    on
        importers.entity_id = groups.entity_id
        and hit_flows.period_start_date = groups.period_start_date
        and (importers.period_end_date is null or importers.period_end_date = groups.period_end_date)
inner join item_products as items
    on
        groups.item_kind = items.item_kind
        and groups.item_id = items.item_id
        and groups.stage_id = items.stage_id
        and hit_flows.nomenclature = items.nomenclature
        and hit_flows.product_code = items.product_code
left join intra
    on
        groups.netting = 'extra'
        and groups.entity_id = intra.bloc_id
        and hit_flows.supplier_id = intra.supplier_id
        and groups.period_end_date = intra.period_end_date
left join line_shares
    on
        hit_flows.importer_id = line_shares.importer_id
        and hit_flows.supplier_id = line_shares.exporter_id
        and hit_flows.nomenclature = line_shares.nomenclature
        and hit_flows.product_code = line_shares.product_code
        and hit_flows.period_start_date = line_shares.period_start_date
        and items.item_id = line_shares.item_id
        and items.is_basket
left join line_shares as own
    on
        'ALL' = own.exporter_id
        and hit_flows.importer_id = own.importer_id
        and hit_flows.nomenclature = own.nomenclature
        and hit_flows.product_code = own.product_code
        and hit_flows.period_start_date = own.period_start_date
        and items.item_id = own.item_id
        and items.is_basket
where
    intra.supplier_id is null
    and round(hit_flows.value_usd * coalesce(line_shares.share_point, own.share_point, 1.0)) > 0
    -- of a basket a clause hits the materials it names, not its neighbours in the code
    and (
        items.item_kind <> 'material'
        or not items.is_basket
        or exists (
            select 1 from clause_items
            where
                clause_items.clause_id = hit_flows.clause_id
                and (
                    items.item_id in (clause_items.item_id, clause_items.parent_id)
                    or items.parent_id = clause_items.item_id
                )
        )
    )
