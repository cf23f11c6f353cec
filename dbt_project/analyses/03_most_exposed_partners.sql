-- Which partners drew most of an item from countries of concern in 2024, basket codes left out?
select
    dependency.entity_id, dependency.item_id, dependency.stage_id,
    round(100 * dependency.concern_share, 1) as concern_percent,
    dependency.top_supplier_id, dependency.imports_usd, dependency.source_id, dependency.flow_basis
from marts.partner_dependency as dependency
inner join marts.bridge_bloc_membership as membership
    on
        dependency.entity_id = membership.country_id
        and membership.bloc_id = 'BLOC:PAX_SILICA'
        and membership.membership_type = 'signatory'
        and membership.valid_to is null
where
    dependency.item_kind in ('material', 'good')
    and dependency.period_type = 'A'
    and dependency.year = 2024
    and dependency.imports_usd >= 10000000
    and coalesce(dependency.basket_share, 0) = 0
order by dependency.concern_share desc nulls last, dependency.imports_usd desc
limit 20
