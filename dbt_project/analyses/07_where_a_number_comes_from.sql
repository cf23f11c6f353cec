-- The payloads behind one figure: editions, hashes and addresses.
select
    dependency.entity_id, dependency.item_id, dependency.year, provenance.source_id,
    provenance.edition, provenance.file_name, provenance.payload_sha256, provenance.url,
    provenance.retrieved_at
from marts.partner_dependency as dependency
inner join marts.provenance as provenance
    on
        provenance.mart = 'partner_dependency'
        and contains('+' || dependency.lineage_id || '+', '+' || provenance.lineage_id || '+')
where
    dependency.entity_id = 'NLD'
    and dependency.item_id = 'rare_earths'
    and dependency.year = 2024
order by provenance.source_id, provenance.edition, provenance.file_name
limit 20
