-- The supplier HHI of partner_dependency, of concentration, of dependency_tests and the sum of
-- squares of supplier_share are one number for identical keys (E11).
-- noqa: disable=ST07
with

squares as (

    select
        source_id, edition, entity_id, netting, membership_variant, item_kind, item_id, stage_id,
        period_type, period_start_date,
        sum(value_share * value_share) as hhi
    from {{ ref('supplier_share') }}
    where is_preferred
    group by
        source_id, edition, entity_id, netting, membership_variant, item_kind, item_id, stage_id,
        period_type, period_start_date

),

partners as (

    select * from {{ ref('partner_dependency') }}

),

tests as (

    select * from {{ ref('dependency_tests') }}
    where criterion_id in ('CDI1', 'IMPORT_HHI')

)

select
    partners.entity_id, partners.item_id, partners.period_start_date, partners.supplier_hhi,
    squares.hhi
from partners
inner join squares
    using (
        source_id, edition, entity_id, netting, membership_variant, item_kind, item_id, stage_id,
        period_type, period_start_date
    )
where abs(partners.supplier_hhi - squares.hhi) > 1e-9

union all

select
    tests.entity_id,
    tests.product_code as item_id,
    partners.period_start_date, partners.supplier_hhi,
    tests.criterion_value as hhi
from tests
inner join partners
    on
        tests.source_id = partners.source_id
        and tests.entity_id = partners.entity_id
        and tests.netting = partners.netting
        and tests.membership_variant = partners.membership_variant
        and partners.item_kind = 'product'
        and tests.product_code = partners.item_id
        and partners.period_type = 'A'
        and tests.year = partners.year
where abs(partners.supplier_hhi - tests.criterion_value) > 1e-9
