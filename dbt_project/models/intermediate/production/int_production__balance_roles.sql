-- One row per material and form: which terms of the US balance its chapter prints in any edition.
-- noqa: disable=LT02
select
    material_id, form_id,
    {%- for role in ['primary', 'secondary', 'import', 'export', 'stock', 'release'] %}
    max(case when role = '{{ role }}' then 1 else 0 end) = 1 as has_{{ role }}_line
    {{- "," if not loop.last }}
    {%- endfor %}
from {{ ref('us_balance_lines') }}
where not is_joint
group by material_id, form_id
