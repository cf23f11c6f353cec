-- A candidate that neither sells to the bloc nor buys leaves every number as it was (mart 4).
-- noqa: disable=ST07
with

blocs as (

    select * from {{ ref('bloc_dependency') }}

),

base as (

    select * from blocs
    where membership_variant = 'as_of_today'

)

select
    candidates.membership_variant, candidates.item_id, candidates.period_start_date,
    candidates.extra_imports_usd,
    base.extra_imports_usd as base_extra_imports_usd
from blocs as candidates
inner join base
    using (bloc_id, item_kind, item_id, stage_id, period_type, period_start_date)
where
    candidates.membership_variant like 'candidate:%'
    -- the same gross imports: it buys nothing; the same imports from outside: it sells nothing
    and candidates.gross_imports_usd = base.gross_imports_usd
    and candidates.extra_imports_usd = base.extra_imports_usd
    and (
        abs(candidates.concern_share - base.concern_share) > 1e-9
        or abs(candidates.supplier_hhi - base.supplier_hhi) > 1e-9
    )
