-- The partnership as one importer, newest year: share from countries of concern, most exposed first.
with

newest as (

    select max(year) as year from analysis.bloc_headline

)

select
    bloc.item || ', ' || lower(bloc.stage) as label, bloc.year,
    bloc.concern_share, bloc.concern_share_low, bloc.concern_share_high,
    coalesce(bloc.measured_share, 0) < 1 as is_partial,
    bloc.is_basket, bloc.imports_from_outside_usd, bloc.supplier_hhi, bloc.most_exposed_member,
    bloc.most_exposed_share, bloc.grade, bloc.why_no_share, bloc.sources
from analysis.bloc_headline as bloc
inner join newest
    on bloc.year = newest.year
where bloc.imports_from_outside_usd > 0
order by bloc.concern_share desc nulls last, label
