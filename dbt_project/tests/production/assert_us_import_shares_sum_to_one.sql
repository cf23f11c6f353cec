-- Printed percentages of one commodity and form add up to 100 within rounding; bounded cells are
-- left out, so a form that has one may fall short of it.
{{ config(severity = 'warn') }}

select
    edition, commodity, detail,
    sum(import_share) as share_sum
from {{ ref('fct_us_import_source') }}
group by edition, commodity, detail
having
    max(case when value_operator = '=' then 0 else 1 end) = 0
    and abs(sum(import_share) - 1) > 0.025
