-- One row per bloc and membership variant: today's members, the members of each period, and one
-- per candidate.
{{ config(tags=['spark']) }}

with

members as (

    select * from {{ ref('int_dependency__bloc_members') }}

),

blocs as (

    select * from {{ ref('dim_bloc') }}

)

select
    bloc_id, membership_variant
from members
union
select
    bloc_id,
    'as_of_period' as membership_variant
from blocs
where bloc_id like 'BLOC:%'
