{{ config(materialized='view') }}

select * from {{ seed_as_known(ref('capacity_units')) }}
