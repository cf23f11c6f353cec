{{ config(materialized='view') }}

select * from {{ known_seed(ref('capacity_units')) }}
