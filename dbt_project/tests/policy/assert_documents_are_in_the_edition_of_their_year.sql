{{ config(
    description="An edition of the Federal Register is a year of publication, and a document is "
        ~ "in it once."
) }}
select
    edition, record_id,
    min(known_from_date) as publication_date,
    count(*) as n_rows
from {{ ref('stg_us_federal_register__records') }}
group by edition, record_id
having count(*) > 1 or cast(year(min(known_from_date)) as varchar) <> edition
