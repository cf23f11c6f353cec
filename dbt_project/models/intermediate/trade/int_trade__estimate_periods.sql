-- One row per period (a year or a month) with pairs of declarations: the newest day of earlier years,
-- and a hash of all that our own reconciliation of the period is computed from. Weights are learnt from
-- earlier years too: a correction of a year touches the later ones, if it changes their weights.
with

pairs as (

    select
        period_type, period_start_date, year,
        max(known_from_date) as known_from_date
    from {{ ref('int_trade__mirror_pairs') }}
    group by period_type, period_start_date, year

),

-- what is estimated from earlier years was known with their newest declaration
earlier as (

    select
        year,
        max(max(known_from_date)) over (
            order by year rows between unbounded preceding and 1 preceding
        ) as known_from_date
    from pairs
    group by year

),

-- the day of the edition of BACI with the reference flows
references_known as (

    select max(known_from_date) as known_from_date
    from {{ ref('int_trade__baci_reference_flows') }}

),

weights as (

    select
        period_type, period_start_date,
        sum({{ hash_64([
            'role', 'country_id', 'log_odds', 'log_error', 'is_unreliable',
            'is_declared_elsewhere', 'n_reference_flows', 'n_training_pairs', 'freight_constant',
            'freight_by_unit_value', 'freight_by_distance'
        ]) }}) as content
    from {{ ref('int_trade__reporter_weights') }}
    group by period_type, period_start_date

),

late as (

    select
        period_type, period_start_date,
        sum({{ hash_64(['reporter_id']) }}) as content
    from {{ ref('int_trade__late_filings') }}
    group by period_type, period_start_date

)

select
    'pax_silica' as source_id,
    pairs.period_type, pairs.period_start_date,
    earlier.known_from_date as earlier_known_from_date,
    references_known.known_from_date as reference_known_from_date,
    {{ hash_64([
        'pair_periods.version', 'weights.content', 'late.content', 'own.edition',
        'own.lineage_id', 'earlier.known_from_date', 'references_known.known_from_date'
    ]) }} as version
from pairs
inner join {{ ref('int_trade__pair_periods') }} as pair_periods
    on
        pairs.period_type = pair_periods.period_type
        and pairs.period_start_date = pair_periods.period_start_date
inner join {{ ref('int_trade__own_editions') }} as own
    on
        pairs.period_type = own.period_type
        and pairs.period_start_date = own.period_start_date
inner join earlier
    on pairs.year = earlier.year
cross join references_known
left join weights
    on
        pairs.period_type = weights.period_type
        and pairs.period_start_date = weights.period_start_date
left join late
    on
        pairs.period_type = late.period_type
        and pairs.period_start_date = late.period_start_date
