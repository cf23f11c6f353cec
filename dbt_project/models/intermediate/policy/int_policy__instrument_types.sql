select
    matrix_type,
    max(question) as question
from {{ ref('instrument_types') }}
group by matrix_type
