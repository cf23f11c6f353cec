{#
  The least and the most that a part may be of a whole of which each has a range and a share of it
  is not measured: little of the part and much of all else, and the reverse; what is not measured
  is wholly else, or wholly the part.
  part_low, part_high: the range of the part; whole_low, whole_high: of the whole, the part within;
  sure_share: share of the whole that is measured.
#}
{% macro share_low(part_low, part_high, whole_high, sure_share) -%}
    {{ sure_share }} * case
        when {{ part_low }} = 0 then 0
        else {{ part_low }} / ({{ part_low }} + {{ whole_high }} - ({{ part_high }}))
    end
{%- endmacro %}


{% macro share_high(part_low, part_high, whole_low, sure_share) -%}
    1 - {{ sure_share }} + {{ sure_share }} * case
        when {{ part_high }} = 0 then 0
        else ({{ part_high }}) / ({{ part_high }} + {{ whole_low }} - ({{ part_low }}))
    end
{%- endmacro %}
