with

landed as (

    select * from {{ source_as_known('un_comtrade', 'availability') }}

)

select
    edition, reporter_code, freq_code, period, classification_code, publication_date, n_records,
    is_filed, known_from_date, payload_sha256, row_locator
from landed
