-- Who was a signatory on 1 July 2026?
select
    country_id, party_kind, valid_from, evidence_state, source_title
from marts.bridge_bloc_membership
where
    bloc_id = 'BLOC:PAX_SILICA'
    and membership_type = 'signatory'
    and valid_from <= date '2026-07-01'
    and (valid_to is null or valid_to > date '2026-07-01')
order by valid_from, country_id
