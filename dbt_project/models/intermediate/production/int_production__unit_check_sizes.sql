-- One row per edition, subject, series and statistic of the USGS tables: the size of its largest
-- figure (a decimal logarithm), and whether that is usual for the commodity. Usual sizes are known
-- of the register's commodities (`usgs_usual_sizes`); they differ by less than a factor of twenty
-- between any two editions, so that a factor of thirty is no change of the world. A table of fewer
-- than five commodities is an excerpt, which may have figures of its own.
{% set key = 'table_name, edition, subject_id, series_id, statistic' %}
with

cells as (

    select * from {{ ref('int_production__unit_check_values') }}

),

usual_sizes as (

    select * from {{ ref('usgs_usual_sizes') }}

),

sizes as (

    select
        {{ key }},
        min(known_from_date) as known_from_date,
        max(quantity) as quantity,
        max(quantity) filter (where entity = 'United States') as us_quantity
    from cells
    group by {{ key }}

),

compared as (

    select
        sizes.*,
        log10(sizes.quantity / usual_sizes.quantity) as usual_log_ratio
    from sizes
    left join usual_sizes
        on
            sizes.table_name = usual_sizes.table_name
            and sizes.subject_id = usual_sizes.subject_id
            and sizes.series_id = usual_sizes.series_id
            and sizes.statistic = usual_sizes.statistic

),

tables as (

    select
        table_name, edition,
        count(distinct subject_id) filter (where usual_log_ratio is not null) as n_subjects
    from compared
    group by table_name, edition

)

select
    compared.table_name, compared.edition, compared.subject_id, compared.series_id,
    compared.statistic, compared.known_from_date,
    log10(compared.quantity) as size,
    log10(compared.us_quantity) as us_size,
    compared.usual_log_ratio,
    case
        when tables.n_subjects < 5 then null
        when abs(compared.usual_log_ratio) > 1.5 then true
        when abs(compared.usual_log_ratio) <= 1 then false
    end as is_unusual
from compared
inner join tables
    on compared.table_name = tables.table_name and compared.edition = tables.edition
