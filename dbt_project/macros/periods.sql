{# `A` for a period written YYYY, `M` for YYYYMM. #}
{% macro period_type_of(period) -%}
    case length({{ period }}) when 4 then 'A' else 'M' end
{%- endmacro %}


{# First day of a period written YYYY or YYYYMM, DATE. #}
{% macro period_start_of(period) -%}
    cast(
        substr({{ period }}, 1, 4) || '-'
        || case length({{ period }}) when 4 then '01' else substr({{ period }}, 5, 2) end
        || '-01' as date
    )
{%- endmacro %}


{# Last day, inclusive, of a period written YYYY or YYYYMM, DATE. #}
{% macro period_end_of(period) -%}
    case length({{ period }})
        when 4 then cast(substr({{ period }}, 1, 4) || '-12-31' as date)
        else last_day({{ period_start_of(period) }})
    end
{%- endmacro %}
