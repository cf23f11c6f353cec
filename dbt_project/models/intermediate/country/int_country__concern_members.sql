{{ config(materialized='view') }}

select * from {{ ref('stg_registers__concern_members') }}
