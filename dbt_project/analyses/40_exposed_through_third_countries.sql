-- Which imports of members do export controls hit more than their sellers show, since the goods
-- come from the issuer through others? By sellers of value, by producers of weight.
select
    indirect.entity_id, indirect.item_id, indirect.stage_id,
    round(100 * coalesce(direct.exposure_share_low, 0), 1) as by_seller_low,
    round(100 * coalesce(direct.exposure_share_high, 0), 1) as by_seller_high,
    round(100 * indirect.exposure_share_low, 1) as by_producer_low,
    round(100 * indirect.exposure_share_high, 1) as by_producer_high,
    indirect.dominant_issuer_id as issuer_id,
    origins.top_hub_id, indirect.base_years, indirect.active_clause_ids, indirect.source_ids
from marts.control_exposure as indirect
inner join marts.dim_country as members
    on indirect.entity_id = members.country_id and members.party_status = 'signatory'
left join marts.control_exposure as direct
    on
        indirect.entity_id = direct.entity_id
        and indirect.item_kind = direct.item_kind
        and indirect.item_id = direct.item_id
        and indirect.stage_id = direct.stage_id
        and indirect.netting = direct.netting
        and indirect.as_of_date = direct.as_of_date
        and indirect.window_rule = direct.window_rule
        and indirect.issuer_is_concern = direct.issuer_is_concern
        and indirect.issuer_is_partner = direct.issuer_is_partner
        and direct.path = 'direct'
left join marts.origin_lookthrough as origins
    on
        indirect.entity_id = origins.consumer_id
        and indirect.dominant_issuer_id = origins.origin_id
        and indirect.item_id = origins.material_id
        and indirect.stage_id = origins.stage_id
        and extract(year from indirect.base_period_end_date) = origins.year
where
    indirect.path = 'indirect'
    and indirect.is_as_of_date
    and indirect.window_rule = 'pre_effective'
    and indirect.n_active_clauses > 0
    and origins.import_origin_share_low > coalesce(origins.declared_share, 0)
order by
    origins.import_origin_share_low - coalesce(origins.declared_share, 0) desc,
    indirect.entity_id, indirect.item_id
limit 12
