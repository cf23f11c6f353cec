with

bloc as (

    select * from {{ ref('bloc_dependency').include(database=false) }}
    where
        bloc_id = 'BLOC:PAX_SILICA' and membership_variant = 'as_of_today' and period_type = 'A'
        and item_kind in ('material', 'good')

),

groups as (

    select * from {{ ref('item_group').include(database=false) }}
    where
        is_first and netting = 'extra' and membership_variant = 'as_of_today'
        and entity_id = 'BLOC:PAX_SILICA'

)

select
    groups.item_kind, groups.item_ids, groups.item, groups.stage_id,
    groups.stage_name as stage,
    groups.year, bloc.n_members, bloc.n_members_reporting,
    bloc.extra_imports_usd as imports_from_outside_usd,
    bloc.intra_imports_usd as imports_among_members_usd,
    bloc.concern_share, bloc.concern_share_low, bloc.concern_share_high, bloc.supplier_hhi,
    bloc.bloc_production_share as members_production_share,
    countries.country_name as most_exposed_member,
    bloc.most_exposed_share, groups.is_basket,
    bloc.coverage_share as measured_share,
    bloc.quality_grade as grade,
    {{ flags_in_words('bloc.quality_flags') }} as flags,
    case when bloc.concern_share is null then bloc.missing_reason end as why_no_share,
    {{ basis_in_words('bloc.flow_basis') }} as basis,
    bloc.source_ids as sources,
    bloc.edition, bloc.lineage_id
from bloc
inner join groups
    on
        bloc.item_kind = groups.item_kind
        and bloc.item_id = groups.item_id
        and bloc.stage_id = groups.stage_id
        and bloc.year = groups.year
left join {{ ref('dim_country').include(database=false) }} as countries
    on bloc.most_exposed_member_id = countries.country_id
