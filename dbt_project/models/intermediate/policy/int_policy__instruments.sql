{{ config(materialized='view') }}

select * from {{ ref('stg_registers__partner_instruments') }}
