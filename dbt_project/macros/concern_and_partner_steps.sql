{#
  Two steps of a query, each one row per country on the run's day: `concern`, those on the headline
  list of concern, and `partners`, the signatories.
#}
{% macro concern_and_partner_steps() -%}
concern as (

    select distinct concern_members.country_id
    from {{ ref('bridge_concern_member') }} as concern_members
    inner join {{ ref('dim_concern_list') }} as lists
        on concern_members.list_id = lists.list_id and lists.is_headline
    cross join {{ ref('int_run__parameters') }} as parameters
    where {{ valid_on('concern_members', 'parameters.as_of_date') }}

),

partners as (

    select distinct memberships.country_id
    from {{ ref('bridge_bloc_membership') }} as memberships
    cross join {{ ref('int_run__parameters') }} as parameters
    where
        memberships.bloc_id = 'BLOC:PAX_SILICA'
        and memberships.membership_type = 'signatory'
        and {{ valid_on('memberships', 'parameters.as_of_date') }}

)
{%- endmacro %}
