{# The one source of production that headline figures are made of; each other one is a variant. #}
{% macro headline_production_source() -%}
    'usgs_mcs'
{%- endmacro %}
