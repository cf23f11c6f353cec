-- One row per source, edition, exporter, importer, nomenclature, product and period: reconciled
-- flows, BACI's and our own, with the day on which a later edition replaced them;
-- `is_preferred_series` marks the one HS revision per edition and year that readers shall add up.
with

flows as (

    select * from {{ ref('int_trade__baci_flows') }}

),

editions as (

    select * from {{ ref('int_trade__editions') }}

),

years as (

    select distinct
        source_id, edition, nomenclature, period_start_date
    from flows

),

lengths as (

    select
        source_id, edition, nomenclature,
        count(*) as n_years
    from years
    group by source_id, edition, nomenclature

),

-- the same trade in two revisions must not count twice: the longest series wins, then the older
ranked as (

    select
        years.*,
        row_number() over (
            partition by years.source_id, years.edition, years.period_start_date
            order by lengths.n_years desc, years.nomenclature asc
        ) as place
    from years
    inner join lengths
        on
            years.source_id = lengths.source_id
            and years.edition = lengths.edition
            and years.nomenclature = lengths.nomenclature

)

select
    flows.*,
    'unknown' as sidedness,
    'gaulier_zignago_2010' as method_version,
    {{ lineage_part('flows.source_id', 'flows.edition') }} as lineage_id,
    editions.known_to_date, editions.is_latest,
    ranked.place = 1 as is_preferred_series
from flows
inner join editions
    on
        flows.source_id = editions.source_id
        and flows.edition = editions.edition
        and flows.nomenclature = editions.nomenclature
        and flows.period_type = editions.period_type
        and flows.period_start_date = editions.period_start_date
inner join ranked
    on
        flows.source_id = ranked.source_id
        and flows.edition = ranked.edition
        and flows.nomenclature = ranked.nomenclature
        and flows.period_start_date = ranked.period_start_date

union all by name

select
    *,
    'pax_silica' as source_id,
    'inverse_variance_witness' as method_version,
    {{ lineage_part("'un_comtrade'", 'edition') }} as lineage_id,
    false as is_truncated,
    true as is_latest,
    true as is_preferred_series
from {{ ref('int_trade__mirror_intervals') }}

union all by name

select
    *,
    'pax_silica' as source_id,
    'inverse_variance_witness' as method_version,
    {{ lineage_part("'un_comtrade'", 'edition') }} as lineage_id,
    false as is_truncated,
    true as is_latest,
    true as is_preferred_series
from {{ ref('int_trade__mirror_trailing_12m') }}
