-- One row per period (a year or a month): the set of filings that our own reconciliation of the period
-- rests on, named by its newest day and its content. Reporters publish on different days; a
-- reconciliation rests on all of them together.
{{ config(tags=['spark']) }}

with

filings as (

    select distinct
        period_type, period_start_date, edition, reporter_id, nomenclature, flow, known_from_date
    from {{ ref('int_trade__comtrade_flows') }}
    where is_latest

)

select
    period_type, period_start_date,
    max(edition) || '-' || {{ content_hash(
        'reporter_id || flow || nomenclature || edition', 'reporter_id, flow, nomenclature, edition'
    ) }} as edition,
    {{ lineage_of(lineage_part("'un_comtrade'", 'edition')) }} as lineage_id,
    max(known_from_date) as known_from_date
from filings
group by period_type, period_start_date
