-- One row per case, production source and supplier: shares of a supply with the supplier's
-- governance. Cases are the
-- supplies of the EU's study, the world's production, and what an entity uses: its own production and
-- its imports in tonnes on one basis, or its imports by value where it is known to produce nothing.
-- Members' trade among themselves is not a bloc's sourcing.
-- noqa: disable=LT02
{% set study_governance_year = 2020 %}
{% set by_supply = 'partition by production_source_id, entity_id, material_id, stage_id, year' %}
with

study as (

    select
        labels.material_id,
        case shares.stage_label
            when 'E' then labels.extraction_stage_id else labels.processing_stage_id
        end as stage_id,
        shares.edition, shares.supply, shares.supply_share, shares.trade_factor,
        shares.known_from_date,
        coalesce(codes.country_id, 'UNMAPPED') as supplier_id,
        {{ lineage_part('shares.source_id', 'shares.edition') }} as lineage_id
    from {{ ref('stg_eu_crm__supply_shares') }} as shares
    inner join {{ ref('eu_crm_materials') }} as labels
        on shares.material_label = labels.label and labels.decision = 'map'
    left join {{ ref('int_country__codes') }} as codes
        on codes.code_system = 'eu_crm' and shares.country_label = codes.code

),

produced as (

    select *
    from {{ ref('int_methods__production') }}
    where production_share > 0

),

flows as (

    select * from {{ ref('int_methods__physical_flows') }}

),

balances as (

    select * from {{ ref('int_methods__physical_balance') }}

),

members as (

    select
        bloc_id, country_id,
        cast(extract(year from period_end_date) as integer) as year
    from {{ ref('int_dependency__bloc_members') }}
    where
        membership_variant = 'as_of_today'
        and extract(month from period_end_date) = 12
        and extract(day from period_end_date) = 31
    group by bloc_id, country_id, period_end_date

),

-- each country by itself, and the members of each bloc
parties as (

    select
        country_id as entity_id,
        country_id, year
    from balances
    group by country_id, year

    union all

    select
        bloc_id as entity_id,
        country_id, year
    from members

),

-- an entity has a sourcing where its production is known and on the basis of its trade
entities as (

    select *
    from {{ ref('int_methods__entity_reliance') }}
    where production_t is not null and coalesce(missing_reason, '') <> 'basis_mismatch'

),

tonnes as (

    select
        balances.production_source_id, parties.entity_id, balances.material_id, balances.stage_id,
        balances.year,
        balances.country_id as supplier_id,
        {{ exact_sum('balances.production_t') }} as quantity_t
    from parties
    inner join balances
        on
            parties.country_id = balances.country_id
            and parties.year = balances.year
    inner join entities
        on
            parties.entity_id = entities.entity_id
            and balances.production_source_id = entities.production_source_id
            and balances.material_id = entities.material_id
            and balances.stage_id = entities.stage_id
            and balances.year = entities.year
    where balances.production_t > 0
    group by
        balances.production_source_id, parties.entity_id, balances.material_id, balances.stage_id,
        balances.year, balances.country_id

    union all

    select
        entities.production_source_id, parties.entity_id, flows.material_id, flows.stage_id,
        flows.year,
        flows.exporter_id as supplier_id,
        {{ exact_sum(
            "case entities.qty_basis when 'net_weight' then flows.net_weight_t"
            ~ " else (flows.content_t_low + flows.content_t_high) / 2 end"
        ) }} as quantity_t
    from parties
    inner join flows
        on
            parties.country_id = flows.importer_id
            and parties.year = flows.year
    inner join entities
        on
            parties.entity_id = entities.entity_id
            and flows.material_id = entities.material_id
            and flows.stage_id = entities.stage_id
            and flows.year = entities.year
    left join parties as inner_parties
        on
            parties.entity_id = inner_parties.entity_id
            and flows.exporter_id = inner_parties.country_id
            and flows.year = inner_parties.year
    where inner_parties.country_id is null
    group by
        entities.production_source_id, parties.entity_id, flows.material_id, flows.stage_id,
        flows.year, flows.exporter_id

),

sourced as (

    select
        tonnes.production_source_id, tonnes.entity_id, tonnes.material_id, tonnes.stage_id,
        tonnes.year, tonnes.supplier_id, entities.known_from_date, entities.lineage_id,
        {{ exact_sum('tonnes.quantity_t') }} as quantity_t
    from tonnes
    inner join entities
        using (production_source_id, entity_id, material_id, stage_id, year)
    group by
        tonnes.production_source_id, tonnes.entity_id, tonnes.material_id, tonnes.stage_id,
        tonnes.year, tonnes.supplier_id, entities.known_from_date, entities.lineage_id

),

-- a material whose world production has no bucket is not made by who is not listed
complete_groups as (

    select
        production.production_source_id, production.material_id, production.stage_id,
        production.year
    from {{ ref('int_methods__production') }} as production
    group by
        production.production_source_id, production.material_id, production.stage_id,
        production.year
    having
        count(*) filter (where production.row_kind = 'country') > 0
        and count(*) filter (
            where production.row_kind <> 'country' and coalesce(production.quantity, 1) > 0
        ) = 0

),

listed as (

    select
        production_source_id, country_id, material_id, stage_id, year
    from {{ ref('int_methods__production') }}
    where row_kind = 'country' and (quantity is null or quantity > 0)

),

bought as (

    select
        complete_groups.production_source_id, suppliers.entity_id,
        suppliers.item_id as material_id,
        suppliers.stage_id, suppliers.year, suppliers.supplier_id, suppliers.value_share,
        suppliers.lineage_id
    from {{ ref('supplier_share') }} as suppliers
    inner join complete_groups
        on
            suppliers.item_id = complete_groups.material_id
            and suppliers.stage_id = complete_groups.stage_id
            and suppliers.year = complete_groups.year
    left join listed
        on
            complete_groups.production_source_id = listed.production_source_id
            and suppliers.item_id = listed.material_id
            and suppliers.stage_id = listed.stage_id
            and suppliers.year = listed.year
            and suppliers.entity_id = listed.country_id
    left join entities
        on
            complete_groups.production_source_id = entities.production_source_id
            and suppliers.entity_id = entities.entity_id
            and suppliers.item_id = entities.material_id
            and suppliers.stage_id = entities.stage_id
            and suppliers.year = entities.year
    where
        suppliers.item_kind = 'material'
        and suppliers.period_type = 'A'
        and suppliers.membership_variant = 'none'
        and suppliers.value_share > 0
        and suppliers.is_preferred
        and listed.country_id is null
        and entities.entity_id is null

),

shares as (

    select
        'eu_' || edition as case_set,
        'eu_crm' as production_source_id,
        'EUU' as entity_id,
        supply, material_id, stage_id,
        cast(edition as integer) as year,
        'study' as basis,
        supplier_id,
        -- rounded shares that add up to more than one are scaled
        {{ order_independent_sum('supply_share') }} as share,
        max(trade_factor) as trade_factor,
        {{ study_governance_year }} as governance_year,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id
    from study
    group by edition, supply, material_id, stage_id, supplier_id

    union all

    select
        'own' as case_set,
        production_source_id,
        'WLD' as entity_id,
        'global' as supply,
        material_id, stage_id, year,
        'tonnes' as basis,
        country_id as supplier_id,
        production_share as share,
        1.0 as trade_factor,
        year as governance_year,
        known_from_date, lineage_id
    from produced

    union all

    select
        'own' as case_set,
        production_source_id, entity_id,
        'sourcing' as supply,
        material_id, stage_id, year,
        'tonnes' as basis,
        supplier_id,
        quantity_t
        / {{ exact_sum('quantity_t', over=by_supply) }}
            as share,
        1.0 as trade_factor,
        year as governance_year,
        known_from_date, lineage_id
    from sourced
    where quantity_t > 0

    union all

    select
        'own' as case_set,
        production_source_id, entity_id,
        'sourcing' as supply,
        material_id, stage_id, year,
        'value' as basis,
        supplier_id,
        value_share as share,
        1.0 as trade_factor,
        year as governance_year,
        cast(null as date) as known_from_date,
        lineage_id
    from bought

),

governance as (

    select
        country_id,
        cast(year as integer) as year,
        max(case when gov_dimension_set = 'pv' then estimate end) as wgi_pv,
        max(case when gov_dimension_set = 'avg6' then estimate end) as wgi_avg6,
        max(lineage_id) as lineage_id
    from {{ ref('int_governance__instability') }}
    group by country_id, year

)

select
    shares.case_set, shares.production_source_id, shares.entity_id, shares.supply,
    shares.material_id, shares.stage_id,
    cast(shares.year as integer) as year,
    shares.basis, shares.supplier_id,
    cast(
        -- to the twelfth digit: what rounding adds is no second supply
        shares.share / greatest(
            1, round({{ order_independent_sum('shares.share', over='by_case') }}, 12)
        ) as double
    ) as share,
    cast(shares.trade_factor as double) as trade_factor,
    cast(governance.wgi_pv as double) as wgi_pv,
    cast(governance.wgi_avg6 as double) as wgi_avg6,
    -- suppliers without a name have no governance: they are the rest of the supply
    shares.supplier_id not in ('NES', 'SPECIAL', 'UNMAPPED', 'ROW', 'WLD') as is_named,
    shares.known_from_date,
    {{ lineage_union(['shares.lineage_id', 'governance.lineage_id']) }} as lineage_id
from shares
left join governance
    on
        shares.supplier_id = governance.country_id
        and shares.governance_year = governance.year
window by_case as (
    partition by shares.case_set, shares.production_source_id, shares.entity_id, shares.supply,
        shares.material_id, shares.stage_id, shares.year, shares.basis
)
