{{ config(
    severity='warn',
    description="Wherever a printed total gives shares, the sum of the rows gives them too."
) }}
select
    edition, material_id, stage_id, year
from {{ ref('production_share') }}
group by edition, material_id, stage_id, year
having count(*) filter (where denominator = 'sum_rows') = 0
