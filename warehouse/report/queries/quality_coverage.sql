-- Share of a tier's products whose imports are measured, by member, newest year.
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
    case
        when tiers.coverage_share = 0 then 'not_covered'
        -- rounded down: what is not whole is not 100 %
        else cast(floor(100 * tiers.coverage_share) as integer) || ' %'
    end as state,
    tiers.coverage_status, tiers.coverage_share, tiers.grade, tiers.year
from tiers
inner join marts.dim_country as countries
    on tiers.country_id = countries.country_id
where
    countries.party_status = 'signatory'
    and tiers.year = (select max(year) from analysis.partner_dashboard)
order by countries.country_name, column_label
