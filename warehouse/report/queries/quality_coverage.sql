-- Coverage of each member's imports by tier, newest year: A is whole, D is not covered.
with

tiers as (

    select
        split_part(subject_id, '|', 1) as country_id,
        split_part(subject_id, '|', 2) as tier,
        cast(period as integer) as year,
        grade, coverage_status, coverage_share
    from marts.quality_scorecard
    where subject_kind = 'importer_tier'

)

select
    countries.country_name as label, replace(tiers.tier, '_', ' ') as column_label,
    tiers.grade as state, tiers.coverage_status, tiers.coverage_share, tiers.year
from tiers
inner join marts.dim_country as countries
    on tiers.country_id = countries.country_id
where
    countries.party_status = 'signatory'
    and tiers.year = (select max(year) from analysis.partner_dashboard)
order by countries.country_name, column_label
