{# The basis of a trade value in words; an unknown code stays as it is. #}
{% macro basis_in_words(column) -%}
    case {{ column }}
        when 'reconciled_fob' then 'free on board, both declarations reconciled'
        when 'importer_cif' then 'importer''s declaration, with freight and insurance'
        when 'importer_fob_adj' then 'importer''s declaration, freight and insurance taken off'
        when 'importer_customs_value' then 'importer''s customs value'
        when 'exporter_fob' then 'exporter''s declaration, free on board'
        else {{ column }}
    end
{%- endmacro %}
