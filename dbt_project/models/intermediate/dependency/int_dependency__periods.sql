-- One row per period end of a flow or a production figure.
{{ config(tags=['spark']) }}

with

import_flows as (

    select * from {{ ref('int_trade__import_flows') }}

),

reconciled as (

    select * from {{ ref('fct_trade_reconciled') }}

),

production as (

    select * from {{ ref('production_share') }}

)

select period_end_date from import_flows
union
select period_end_date from reconciled
union
select cast(concat(cast(year as string), '-12-31') as date) as period_end_date from production
