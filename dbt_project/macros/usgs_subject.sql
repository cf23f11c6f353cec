{#
  What editions of the USGS tables can be compared on: the material, or outside the register the five
  letters that the older file names have of a commodity.
#}
{% macro usgs_subject(material_id, commodity_key) -%}
    coalesce({{ material_id }}, substr(split_part({{ commodity_key }}, ' ', 1), 1, 5))
{%- endmacro %}
