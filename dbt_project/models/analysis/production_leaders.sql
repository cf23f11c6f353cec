with

production as (

    select * from {{ ref('production_share').include(database=false) }}
    where is_latest_edition and denominator = 'sum_rows' and row_kind = 'country'

),

countries as (

    select * from {{ ref('dim_country').include(database=false) }}

),

concern as (

    select distinct members.country_id
    from {{ ref('bridge_concern_member').include(database=false) }} as members
    inner join {{ ref('dim_concern_list').include(database=false) }} as lists
        on members.list_id = lists.list_id
    where lists.is_headline and members.valid_to is null

)

select
    production.material_id,
    items.item_name as material,
    production.stage_id,
    stages.stage_name as stage,
    production.year, production.country_id,
    coalesce(countries.country_name, production.country_id) as country,
    production.rank as producer_rank,
    production.production_share, production.production_share_low, production.production_share_high,
    production.quantity, production.quantity_unit, production.qty_basis,
    production.value_status as figure_status,
    coalesce(countries.party_status = 'signatory', false) as is_member,
    concern.country_id is not null as is_country_of_concern,
    production.quality_grade as grade,
    {{ flags_in_words('production.quality_flags') }} as flags,
    production.source_id as sources,
    production.edition, production.lineage_id
from production
inner join {{ ref('dim_item').include(database=false) }} as items
    on production.material_id = items.item_id and items.item_kind = 'material'
inner join {{ ref('dim_stage').include(database=false) }} as stages
    on production.stage_id = stages.stage_id
left join countries
    on production.country_id = countries.country_id
left join concern
    on production.country_id = concern.country_id
