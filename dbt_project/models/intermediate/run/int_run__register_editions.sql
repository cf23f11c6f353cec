{%- set registers = {
    'policy_register': 'stg_registers__policy_register',
    'partner_memberships': 'stg_registers__partner_memberships',
    'timeline': 'stg_registers__timeline',
    'infrastructure_projects': 'stg_registers__infrastructure_projects',
    'partner_instruments': 'stg_registers__partner_instruments',
    'mofcom_reference_codes': 'stg_registers__mofcom_reference_codes',
    'concern_lists': 'stg_registers__concern_members',
    'scenarios': 'stg_registers__scenarios',
    'stockpiles': 'stg_registers__stockpiles',
    'targets': 'stg_registers__targets',
} -%}

{%- for source_id, model in registers.items() %}
    select
        '{{ source_id }}' as source_id,
        max(known_from_date) as known_from_date,
        count(*) as n_rows
    from {{ ref(model) }}
    having count(*) > 0
    {%- if not loop.last %}
        union all
    {%- endif %}
{%- endfor %}
