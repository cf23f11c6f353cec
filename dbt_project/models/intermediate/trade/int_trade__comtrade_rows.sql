-- One row per edition, period, reporter, partner, flow and product as Comtrade numbers them: the
-- one row of a declaration that is to be read. Comtrade gives the total beside breakdowns by second
-- partner, customs procedure, mode of transport and mode of supply: the total row is taken; where
-- the file lost these columns the largest row; where only breakdowns exist, the sum of the finest.
-- noqa: disable=LT02
{{ config(
    tags=['spark'],
    materialized=incremental_by_period(),
    incremental_strategy='append',
    on_schema_change='fail',
    pre_hook="{{ delete_changed_periods(['int_trade__declared_periods'], ['period']) }}",
    post_hook="{{ record_built_periods(['int_trade__declared_periods']) }}",
) }}
{% set figures = {
    'value': 'primary_value_usd', 'weight': 'net_wgt_kg', 'cif': 'cif_value_usd',
    'fob': 'fob_value_usd', 'qty': 'qty', 'unit': 'qty_unit_code', 'alt_qty': 'alt_qty',
    'alt_unit': 'alt_qty_unit_code', 'is_estimated': 'is_net_wgt_estimated'
} %}
{% set leaves = {
    'fineness': 'bit_count(breakdown)',
    'value': exact_sum('primary_value_usd'),
    'weight': sum_if_complete('net_wgt_kg'),
    'cif': sum_if_complete('cif_value_usd'),
    'fob': sum_if_complete('fob_value_usd')
} %}
{% set key = ['edition', 'period', 'reporter_code', 'partner_code', 'flow_code', 'cmd_code'] %}
{# read twice: DuckDB would keep all rows of an expression that two others name #}
{% set declared %}
    select
        *,
        case when customs_code <> 'C00' then 1 else 0 end
        + case when mot_code <> '0' then 2 else 0 end
        + case when mos_code <> '0' then 4 else 0 end
        + case when partner2_code <> '0' then 8 else 0 end as breakdown
    from {{ ref('stg_un_comtrade__trade') }}
    {{ only_changed_periods(['int_trade__declared_periods'], ['period']) }}
    where type_code = 'C' and flow_code in ('M', 'X') and length(cmd_code) = 6
{% endset %}

with

counted as (

    select
        {{ key | join(', ') }},
        count(*) as n_lines,
        count(*) filter (where breakdown = 0) as n_totals,
        bool_and(has_dimensions) as has_dimensions,
        min(file_id) as least_file_id,
        max(file_id) as greatest_file_id,
        min(known_from_date) as known_from_date,
        min(freq_code) as freq_code,
        min(classification_code) as classification_code,
        {%- for name, column in figures.items() %}
        max({{ column }}) filter (where breakdown = 0) as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            *,
            {{ hash_64(['payload_sha256', 'known_from_date', 'freq_code', 'classification_code']) }}
                as file_id
        from ({{ declared | indent(8) }}) as declared
    ) as lines
    group by {{ key | join(', ') }}

),

-- nearly all: one total row in one file, which is read as it is
settled as (

    select * from counted
    where n_totals = 1 and least_file_id = greatest_file_id

),

unsettled as (

    select * from counted
    where n_totals <> 1 or least_file_id <> greatest_file_id

),

goods as (

    select
        edition, known_from_date, payload_sha256, freq_code, period, reporter_code, partner_code,
        flow_code, classification_code, cmd_code, has_dimensions, primary_value_usd, net_wgt_kg,
        cif_value_usd, fob_value_usd, partner2_code, customs_code, mot_code, mos_code, breakdown,
        -- one value to compare, so that of equal rows always the same one is taken
        {{ struct_of(figures) | indent(8) }} as figures
    from ({{ declared | indent(4) }}) as declared
    semi join unsettled
        using ({{ key | join(', ') }})

),

-- files may overlap: a key is read from one of them
keyed as (

    select
        edition, known_from_date, payload_sha256, freq_code, period, reporter_code, partner_code,
        flow_code, classification_code, cmd_code,
        count(*) as n_lines,
        bool_and(has_dimensions) as has_dimensions,
        max(primary_value_usd) filter (where breakdown = 0) as total_usd,
        {{ max_struct('figures', figures, 'breakdown = 0') | indent(8) }} as total
    from goods
    group by all

),

-- a table that was pasted together may repeat a breakdown: its equal rows are one
leaves as (

    select distinct goods.*
    from goods
    semi join (select * from keyed where total is null) as leaf_only
        using (edition, payload_sha256, period, reporter_code, partner_code, flow_code, cmd_code)

),

-- the finest breakdown is the one with most dimensions stated; of equally fine ones the larger
leaf_sums as (

    select
        edition, payload_sha256, period, reporter_code, partner_code, flow_code, cmd_code,
        {{ struct_of(leaves) | indent(8) }} as leaves
    from leaves
    group by
        edition, payload_sha256, period, reporter_code, partner_code, flow_code, cmd_code, breakdown

),

chosen as (

    select
        keyed.*,
        leaf_sums.leaves,
        row_number() over (
            partition by
                keyed.edition, keyed.period, keyed.reporter_code, keyed.partner_code,
                keyed.flow_code, keyed.cmd_code
            order by
                keyed.total_usd is null, keyed.has_dimensions desc, keyed.total_usd desc,
                {{ struct_desc('leaf_sums.leaves', leaves) }}, keyed.payload_sha256,
                keyed.classification_code nulls last, keyed.freq_code, keyed.known_from_date
        ) as place
    from keyed
    left join leaf_sums
        using (edition, payload_sha256, period, reporter_code, partner_code, flow_code, cmd_code)

)

select
    edition, known_from_date, freq_code, period, reporter_code, partner_code, flow_code,
    classification_code, cmd_code, n_lines,
    case when has_dimensions then 'total_row' else 'largest_row' end as row_method,
    value as value_usd,
    cif as value_cif_usd,
    fob as value_fob_usd,
    weight as net_weight_kg,
    coalesce(is_estimated, false) as is_weight_estimated,
    qty,
    unit as qty_unit_code,
    alt_qty,
    alt_unit as alt_qty_unit_code
from settled

union all

select
    edition, known_from_date, freq_code, period, reporter_code, partner_code, flow_code,
    classification_code, cmd_code, n_lines,
    case
        when total is null then 'sum_of_leaves'
        when has_dimensions then 'total_row'
        else 'largest_row'
    end as row_method,
    coalesce(total.value, leaves.value) as value_usd,
    coalesce(total.cif, leaves.cif) as value_cif_usd,
    coalesce(total.fob, leaves.fob) as value_fob_usd,
    coalesce(total.weight, leaves.weight) as net_weight_kg,
    coalesce(total.is_estimated, false) as is_weight_estimated,
    total.qty as qty,
    total.unit as qty_unit_code,
    total.alt_qty as alt_qty,
    total.alt_unit as alt_qty_unit_code
from chosen
where place = 1
