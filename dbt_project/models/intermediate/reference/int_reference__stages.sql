{{ config(materialized='view') }}

select * from {{ ref('stg_reference__stages') }}
