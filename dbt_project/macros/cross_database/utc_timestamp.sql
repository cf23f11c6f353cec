{# A timestamp with time zone as the timestamp without one of UTC. #}
{% macro utc_timestamp(instant) -%}
    {{ return(adapter.dispatch('utc_timestamp')(instant)) }}
{%- endmacro %}


{% macro default__utc_timestamp(instant) -%}
    cast({{ instant }} at time zone 'UTC' as timestamp)
{%- endmacro %}


{% macro spark__utc_timestamp(instant) -%}
    cast({{ instant }} as timestamp_ntz)
{%- endmacro %}
