{{ config(
    description="Without the two largest suppliers there is never more left than without the "
        ~ "largest."
) }}
with

removals as (

    select * from {{ ref('n_minus') }}

)

select
    two.scope, two.material_id, two.stage_id, two.year,
    two.n1_supply_share as left_without_two,
    one.n1_supply_share as left_without_one
from removals as two
left join removals as one
    on
        two.scope = one.scope
        and two.netting = one.netting
        and two.membership_variant = one.membership_variant
        and two.material_id = one.material_id
        and two.stage_id = one.stage_id
        and two.year = one.year
        and one.removal = 'top1'
where
    two.removal = 'top2'
    and two.n1_supply_share > coalesce(one.n1_supply_share, 1) + 1e-9
