-- formula: methods M2, g = (2.5 - estimate) / 5, clipped to 0..1
with

governance as (

    select * from {{ ref('fct_governance') }} where country_id <> 'UNMAPPED'

),

countries as (

    select * from {{ ref('stg_reference__countries') }}

),

newest_edition as (

    select source_id, edition
    from (
        select
            source_id, edition,
            row_number() over (order by known_from_date desc, edition desc) as place
        from governance
    ) as ranked
    where place = 1

),

estimates as (

    select governance.*
    from governance
    inner join newest_edition
        on
            governance.source_id = newest_edition.source_id
            and governance.edition = newest_edition.edition
    where governance.estimate is not null

),

measured as (

    select
        country_id, year, 'pv' as gov_dimension_set, estimate, edition, known_from_date, lineage_id
    from estimates
    where dimension = 'pv'

    union all

    -- an average of fewer than all six would not be comparable between countries
    select
        country_id, year,
        'avg6' as gov_dimension_set,
        {{ order_independent_sum('estimate') }} / count(*) as estimate,
        max(edition) as edition,
        max(known_from_date) as known_from_date,
        max(lineage_id) as lineage_id
    from estimates
    group by country_id, year
    having count(distinct dimension) = 6

),

with_territories as (

    select country_id, country_id as measured_id from countries
    where country_id in (select country_id from measured)

    union all

    select country_id, parent_id as measured_id from countries
    where
        country_kind = 'territory'
        and country_id not in (select country_id from measured)
        and parent_id in (select country_id from measured)

),

last_year as (

    select
        greatest(
            (select max(year) from measured),
            coalesce(cast(extract(year from as_of_date) as integer), 0)
        ) as year
    from {{ ref('int_run__parameters') }}

),

spans as (

    select
        *,
        coalesce(
            lead(year) over (partition by country_id, gov_dimension_set order by year),
            (select year + 1 from last_year)
        ) as next_year
    from measured

),

years as (

    -- the longest carry this model fills, in years
    select n - 1 as offset_years from {{ numbers(40) }}

)

select
    with_territories.country_id,
    spans.year + years.offset_years as year,
    spans.gov_dimension_set,
    least(greatest((2.5 - spans.estimate) / 5, 0), 1) as instability_share,
    spans.estimate,
    spans.year as measured_year,
    years.offset_years > 0 as is_carried,
    with_territories.country_id <> with_territories.measured_id as is_inherited,
    spans.edition, spans.known_from_date, spans.lineage_id
from spans
inner join years
    on spans.year + years.offset_years < spans.next_year
inner join with_territories
    on spans.country_id = with_territories.measured_id
