{{ config(materialized='view') }}

select * from {{ ref('stg_registers__policy_conflicts') }}
