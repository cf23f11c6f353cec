{#
  The key by which editions of the USGS tables are compared: the material, or for a commodity outside
  the register its first five letters, which is all that older file names have.
#}
{% macro usgs_subject(material_id, commodity_key) -%}
    coalesce({{ material_id }}, substr(split_part({{ commodity_key }}, ' ', 1), 1, 5))
{%- endmacro %}
