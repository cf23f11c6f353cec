-- One row per bloc, membership variant, item and period: imports from outside and all imports,
-- with the share from countries of concern. Candidates carry their own supplier HHI, the other
-- variants have theirs in the mart concentration.
-- noqa: disable=ST07
with

sources as (

    select * from {{ ref('int_dependency__bloc_sources') }}

),

import_groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where entity_id like 'BLOC:%'

),

candidates as (

    select * from {{ ref('int_dependency__candidate_measures') }}

),

described as (

    select import_groups.*
    from import_groups
    inner join sources
        on
            import_groups.entity_id = sources.bloc_id
            and import_groups.item_kind = sources.item_kind
            and import_groups.item_id = sources.item_id
            and import_groups.stage_id = sources.stage_id
            and import_groups.period_type = sources.period_type
            and import_groups.period_start_date = sources.period_start_date

),

gross as (

    select * from described where netting = 'gross'

),

extra as (

    select * from described where netting = 'extra'

)

select
    gross.entity_id as bloc_id,
    gross.membership_variant, gross.item_kind, gross.item_id, gross.stage_id, gross.period_type,
    gross.period_start_date,
    coalesce(extra.imports_usd, 0) as extra_usd,
    coalesce(extra.imports_usd - extra.partly_member_usd, 0) as extra_low_usd,
    gross.imports_usd as gross_usd,
    extra.concern_share, extra.concern_share_low, extra.concern_share_high, extra.unmapped_share,
    cast(null as double) as candidate_hhi,
    gross.quality_flags
from gross
left join extra
    using (
        entity_id, membership_variant, item_kind, item_id, stage_id, period_type,
        period_start_date
    )

union all

select
    candidates.bloc_id, candidates.membership_variant, candidates.item_kind, candidates.item_id,
    candidates.stage_id, candidates.period_type, candidates.period_start_date, candidates.extra_usd,
    candidates.extra_low_usd, candidates.gross_usd,
    case when today.has_shares then candidates.concern_share end as concern_share,
    candidates.concern_share * today.sure_share as concern_share_low,
    1 - today.sure_share + candidates.concern_share * today.sure_share as concern_share_high,
    candidates.unmapped_share,
    candidates.supplier_hhi as candidate_hhi,
    today.quality_flags
from candidates
inner join gross as today
    on
        candidates.bloc_id = today.entity_id
        and today.membership_variant = 'as_of_today'
        and candidates.item_kind = today.item_kind
        and candidates.item_id = today.item_id
        and candidates.stage_id = today.stage_id
        and candidates.period_type = today.period_type
        and candidates.period_start_date = today.period_start_date
