-- One row per source, edition, reporter, partner, HS6 product, flow and period: the declarations
-- of all sources in one shape, with the day on which a later edition replaced the row's.
with

flows as (

    select * from {{ ref('int_trade__comext_flows') }}
    union all
    select * from {{ ref('int_trade__census_flows') }}
    union all
    select * from {{ ref('int_trade__hmrc_flows') }}

),

editions as (

    select * from {{ ref('int_trade__editions') }}

)

select
    flows.*,
    -- CN and HTS of 2022 and later follow the HS of 2022; older files their own revision
    case
        when flows.year >= 2022 then 'HS2022'
        when flows.year >= 2017 then 'HS2017'
        when flows.year >= 2012 then 'HS2012'
        when flows.year >= 2007 then 'HS2007'
        else 'HS2002'
    end as nomenclature,
    case flows.n_lines when 1 then 'total_row' else 'sum_of_leaves' end as row_method,
    flows.reporter_id = flows.partner_id as is_reimport,
    editions.known_to_date, editions.is_latest
from flows
inner join editions
    on
        flows.source_id = editions.source_id
        and flows.edition = editions.edition
        and flows.period_type = editions.period_type
        and flows.period_start_date = editions.period_start_date
