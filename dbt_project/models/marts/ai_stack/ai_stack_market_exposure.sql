-- noqa: disable=LT02,ST07
with

shares as (

    select * from {{ ref('fct_market_share') }}
    where provider_kind = 'country' and is_latest_edition

),

inputs as (

    select
        node_id, node_name, node_kind, stage_node_id
    from {{ ref('int_ai_stack__market_nodes') }}

),

kinds as (

    select
        from_id as node_id,
        {{ listagg_distinct('to_id', '|') }} as kind_of_ids
    from {{ ref('int_ai_stack__market_edges') }}
    where relation = 'is_kind_of'
    group by from_id

),

summed as (

    select
        node_id, year,
        max(source_id) as source_id,
        max(edition) as edition,
        max(licence_id) as licence_id,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id,
        count(*) as n_providers,
        count(market_share) as n_shares,
        {{ order_independent_sum('market_share') }} as share_total,
        coalesce({{ order_independent_sum('market_share', filter='is_concern') }}, 0)
            as concern_share,
        coalesce({{ order_independent_sum('market_share', filter="country_id = 'NES'") }}, 0)
            as unallocated_share,
        coalesce({{ order_independent_sum('market_share', filter='is_member') }}, 0)
            as member_share,
        max(market_share) filter (where is_member) as single_ally_share,
        count(is_concern) as n_classified,
        count(*) filter (where is_concern and market_share is null) as n_unknown_concern,
        min_by(country_id, (-market_share, country_id)) filter (
            where country_id <> 'NES' and market_share is not null
        ) as top_provider_id,
        max(market_share) filter (where country_id <> 'NES') as top_provider_share,
        {{ order_independent_sum(
            'market_share * market_share', filter="country_id <> 'NES'"
        ) }} as named_hhi
    from shares
    group by node_id, year

),

-- rounding leaves sums of up to 1.02: no share is changed for it
bounded as (

    select
        *,
        n_shares = n_providers as is_complete,
        greatest(1 - coalesce(share_total, 0), 0) as unknown_share
    from summed

),

latest as (

    select
        node_id,
        max(year) as year
    from bounded
    where n_shares > 0
    group by node_id

),

upstream as (

    select
        walks.node_id,
        count(*) - 1 as n_upstream,
        bool_or(walks.is_cycle) as is_cycle,
        count(bounded.node_id) as n_upstream_measured,
        max(bounded.concern_share) as weakest_link_share,
        min_by(bounded.node_id, (-bounded.concern_share, bounded.node_id)) filter (
            where bounded.concern_share is not null
        ) as weakest_link_node_id,
        round(1 - exp({{ order_independent_sum(
            'case when bounded.concern_share is not null '
            ~ 'then ln(greatest(1 - bounded.concern_share, 1e-12)) end'
        ) }}), 12) as composite_index
    from {{ ref('int_ai_stack__market_walks') }} as walks
    left join latest
        on walks.upstream_id = latest.node_id
    left join bounded
        on latest.node_id = bounded.node_id and latest.year = bounded.year
    group by walks.node_id

)

select
    cast(inputs.node_id as varchar) as node_id,
    cast(bounded.year as integer) as year,
    cast('market_share' as varchar) as share_source,
    cast(inputs.node_name as varchar) as node_name,
    cast(inputs.node_kind as varchar) as node_kind,
    cast(coalesce(kinds.kind_of_ids, '') as varchar) as kind_of_ids,
    cast(bounded.top_provider_id as varchar) as top_provider_id,
    cast(bounded.top_provider_share as double) as top_provider_share,
    cast(case when bounded.n_shares > 0 and bounded.n_classified > 0 then bounded.concern_share end
        as double) as concern_share,
    cast(case
        when bounded.n_classified > 0
            then least(bounded.concern_share + bounded.unallocated_share + bounded.unknown_share, 1.0)
    end as double) as concern_share_high,
    cast(case when bounded.n_shares > 0 then bounded.member_share end as double) as member_share,
    cast(bounded.single_ally_share as double) as single_ally_dependency_share,
    cast(case when bounded.is_complete then least(bounded.named_hhi, 1.0) end as double)
        as provider_hhi_low,
    cast(bounded.n_providers as integer) as n_providers,
    cast(bounded.n_shares as integer) as n_shares,
    cast(bounded.n_shares * 1.0 / bounded.n_providers as double) as completeness_share,
    cast(bounded.share_total as double) as share_total,
    cast(case
        when bounded.n_shares = 0 then 'the dataset names the providers and gives no share'
    end as varchar) as missing_reason,
    cast(upstream.n_upstream as integer) as n_upstream,
    cast(upstream.n_upstream_measured as integer) as n_upstream_measured,
    cast(upstream.weakest_link_share as double) as weakest_link_share,
    cast(upstream.weakest_link_node_id as varchar) as weakest_link_node_id,
    cast(upstream.composite_index as double) as composite_index,
    cast(upstream.is_cycle as boolean) as is_cycle,
    cast(bounded.source_id as varchar) as source_id,
    cast(bounded.licence_id as varchar) as licence_id,
    cast(bounded.edition as varchar) as source_edition_max,
    cast(bounded.known_from_date as date) as known_from_date,
    cast(bounded.lineage_id as varchar) as lineage_id
from bounded
inner join inputs
    on bounded.node_id = inputs.node_id
inner join upstream
    on bounded.node_id = upstream.node_id
left join kinds
    on bounded.node_id = kinds.node_id
