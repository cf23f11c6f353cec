-- One row per day, window rule, importer or bloc and item: the year of trade on which exposure of
-- the day is measured. Quarter ends for the parties of the partnership and what a clause ever hit;
-- everybody and everything on the run's own day.
with

parameters as (

    select * from {{ ref('int_run__parameters') }}

),

groups as (

    select * from {{ ref('int_dependency__import_groups') }}
    where
        is_preferred
        and period_type = 'A'
        and membership_variant in ('none', 'as_of_today')
        and imports_usd > 0

),

hits as (

    select
        entity_id,
        netting,
        item_kind,
        item_id,
        stage_id,
        clause_id,
        min(effective_date) as effective_date
    from {{ ref('fct_clause_flow') }}
    group by all

),

intervals as (

    select * from {{ ref('int_policy__clause_intervals') }}
    where known_to_date is null and state = 'active'

),

parties as (

    select country_id as entity_id from {{ ref('int_country__memberships') }}
    union
    select bloc_id from {{ ref('dim_bloc') }}

),

quarters as (

    select
        cast({{ dbt.dateadd('day', -1, "cast(firsts.year || '-' || firsts.month || '-01' as date)") }} as date)
            as as_of_date
    from (
        select
            years.n + 2017 as year,
            months.month
        from {{ numbers(30) }} as years
        cross join (values ('01'), ('04'), ('07'), ('10')) as months (month)
    ) as firsts

),

days as (

    select quarters.as_of_date
    from quarters
    cross join parameters
    where
        quarters.as_of_date >= date '2018-01-01'
        and quarters.as_of_date <= parameters.as_of_date
    union
    select as_of_date from parameters

),

-- the first of the clauses in force on the day that the item's suppliers have issued
effects as (

    select
        days.as_of_date,
        hits.entity_id,
        hits.netting,
        hits.item_kind,
        hits.item_id,
        hits.stage_id,
        min(hits.effective_date) as effective_date
    from days
    inner join intervals
        on {{ valid_on('intervals', 'days.as_of_date', 'from_date', 'until_date') }}
    inner join hits on intervals.clause_id = hits.clause_id
    group by all

),

hit_items as (

    select distinct
        hits.entity_id,
        hits.netting,
        hits.item_kind,
        hits.item_id,
        hits.stage_id
    from hits
    inner join parties on hits.entity_id = parties.entity_id

),

years as (

    select
        days.as_of_date,
        groups.entity_id,
        groups.netting,
        groups.item_kind,
        groups.item_id,
        groups.stage_id,
        max(effects.effective_date) as first_effective_date,
        max(groups.year) as latest_year,
        min(groups.year) as first_year,
        max(case when groups.period_end_date < effects.effective_date then groups.year end)
            as year_before
    from days
    cross join parameters
    inner join groups on days.as_of_date >= groups.period_end_date
    left join hit_items
        on
            groups.entity_id = hit_items.entity_id
            and groups.netting = hit_items.netting
            and groups.item_kind = hit_items.item_kind
            and groups.item_id = hit_items.item_id
            and groups.stage_id = hit_items.stage_id
    left join effects
        on
            days.as_of_date = effects.as_of_date
            and groups.entity_id = effects.entity_id
            and groups.netting = effects.netting
            and groups.item_kind = effects.item_kind
            and groups.item_id = effects.item_id
            and groups.stage_id = effects.stage_id
    where hit_items.entity_id is not null or days.as_of_date = parameters.as_of_date
    group by all

)

select
    *,
    'pre_effective' as window_rule,
    case
        when first_effective_date is null then latest_year
        else coalesce(year_before, first_year)
    end as base_year,
    case
        when first_effective_date is null then 'latest'
        when year_before is null then 'after_effect'
        else 'before_effect'
    end as base_position
from years

union all

select
    *,
    'trailing_to_t' as window_rule,
    latest_year as base_year,
    'latest' as base_position
from years
