{{ config(
    tags=['registers'],
    description="One list is the headline of concern_share, and 10 U.S.C. 4872 names China; "
        ~ "without any list nothing is asked."
) }}
with

lists as (

    select * from {{ ref('dim_concern_list') }}

),

members as (

    select * from {{ ref('bridge_concern_member') }}

),

problems as (

    select
        'headline lists' as problem,
        count(*) filter (where is_headline) as n_found
    from lists
    having count(*) > 0 and count(*) filter (where is_headline) <> 1
    union all
    select
        'China on US_10USC4872' as problem,
        count(*) filter (where country_id = 'CHN') as n_found
    from members
    where list_id = 'US_10USC4872'
    having count(*) > 0 and count(*) filter (where country_id = 'CHN') = 0

)

select * from problems
