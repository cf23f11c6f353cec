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


{#
  The HS revision of a Comtrade row: the reporter's (H0 to H6), else the revision in force in the year.
#}
{% macro hs_nomenclature(classification, year) -%}
    case {{ classification }}
        when 'H0' then 'HS1992'
        when 'H1' then 'HS1996'
        when 'H2' then 'HS2002'
        when 'H3' then 'HS2007'
        when 'H4' then 'HS2012'
        when 'H5' then 'HS2017'
        when 'H6' then 'HS2022'
        else
            case
                when cast({{ year }} as integer) >= 2022 then 'HS2022'
                when cast({{ year }} as integer) >= 2017 then 'HS2017'
                when cast({{ year }} as integer) >= 2012 then 'HS2012'
                when cast({{ year }} as integer) >= 2007 then 'HS2007'
                else 'HS2002'
            end
    end
{%- endmacro %}


{# Months since year 0, an integer: engines differ in the arithmetic of dates and intervals. #}
{% macro month_index(day) -%}
    (extract(year from {{ day }}) * 12 + extract(month from {{ day }}) - 1)
{%- endmacro %}
