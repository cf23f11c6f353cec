{#
  The probability that a smaller value is in truth the larger of two, in whole millionths (their
  sum is the same in any order). Assumes a normal error on each side of each value, of which the
  interval covers nine tenths: 1.645 standard deviations. No engine's SQL has the error function;
  the logistic curve of Bowling et al. (2009, Journal of Industrial Engineering and Management
  2(1)) is within 0.00014 of it. Values without an interval are compared as they are.
#}
{% macro probability_larger(value, high, leader, leader_low) -%}
    {%- set width -%}
        sqrt(power({{ leader }} - {{ leader_low }}, 2) + power({{ high }} - {{ value }}, 2))
    {%- endset -%}
    {%- set z = '(1.645 * (' ~ value ~ ' - ' ~ leader ~ ') / ' ~ width ~ ')' -%}
    case
        when {{ value }} = {{ leader }} then 1e6
        when {{ high }} <= {{ leader_low }} then 0
        else round(1e6 * exp(1.5976 * {{ z }} + 0.07056 * power({{ z }}, 3)))
    end
{%- endmacro %}
