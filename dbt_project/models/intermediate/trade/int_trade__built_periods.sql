-- One row per model, source and period (a year, a month or twelve months): the version that the model's rows
-- of the period were built from. The models themselves write it (`record_built_periods`).
{{ config(materialized='incremental', incremental_strategy='append', on_schema_change='fail') }}

select
    cast(null as varchar) as model_name,
    cast(null as varchar) as source_id,
    cast(null as varchar) as period_type,
    cast(null as date) as period_start_date,
    cast(null as ubigint) as version
where false
