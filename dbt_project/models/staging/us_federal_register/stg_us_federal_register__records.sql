with

documents as (

    select * from {{ source_as_known('us_federal_register', 'documents') }}
    -- a year's partition is known from its first document, a document from its own day
    where publication_date <= (select as_known_on from {{ source('run', 'parameters') }})

)

select
    'us_federal_register' as source_id,
    edition,
    document_number || '@' || cast(publication_date as varchar) as record_id,
    cast(null as varchar) as act_id,
    correction_of_number as correction_of_id,
    'federal_register' as label_system,
    measure_kind as measure_labels,
    document_type = 'Proposed Rule' as is_proposal,
    coalesce(signing_date, publication_date) as announced_date,
    'day' as announced_precision,
    cast(effective_on as date) as effective_date,
    'day' as effective_precision,
    cast(null as date) as end_date,
    'USA' as issuer_ids,
    country_ids as target_ids,
    item_labels,
    concat_ws(
        '|',
        citation,
        'FR Doc ' || document_number,
        'Executive Order ' || executive_order_number,
        'Proclamation ' || proclamation_number
    ) as instrument_refs,
    title,
    html_url as source_url,
    publication_date as known_from_date,
    payload_sha256, row_locator
from documents
