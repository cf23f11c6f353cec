-- One row per edition, period, partner code and HTS10 product, with our country and whether the
-- row is a member of the EU beside the EU as a block (`0003`) in the same listing.
with

imports as (

    select * from {{ ref('stg_us_census__flows') }}

),

codes as (

    select * from {{ ref('int_country__codes') }} where code_system = 'us_census'

),

members as (

    select * from {{ ref('stg_reference__eu_members') }}

),

blocks as (

    select distinct
        imports.edition, imports.flow, imports.period_start_date, imports.period_type
    from imports
    inner join codes
        on imports.cty_code = codes.code
    where codes.country_id = 'GROUP:EU'

)

select
    imports.edition, imports.period_type, imports.period_start_date, imports.period_end_date,
    imports.year, imports.flow, imports.cty_code,
    coalesce(codes.country_id, 'UNMAPPED') as partner_id,
    imports.product_code,
    substr(imports.product_code, 1, 6) as hs6,
    imports.value_usd, imports.denominator_scope, imports.known_from_date,
    blocks.edition is not null and members.country_id is not null as is_inside_block
from imports
left join codes
    on imports.cty_code = codes.code
left join blocks
    on
        imports.edition = blocks.edition
        and imports.flow = blocks.flow
        and imports.period_type = blocks.period_type
        and imports.period_start_date = blocks.period_start_date
left join members
    on
        codes.country_id = members.country_id
        and {{ valid_on('members', 'imports.period_start_date') }}
