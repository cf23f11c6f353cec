with

seed as (

    select * from {{ ref('content_factors') }}

)

select
    element, compound, mass_fraction, inverse_factor, method
from seed
