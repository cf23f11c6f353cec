-- Which material a US salient, import source or reliance line is about: the longest text of the seed
-- that the detail contains decides. A commodity that the seed does not have is taken for one of
-- equal name, or of names that begin alike, if all of these decide the same.
with

rules as (

    select
        commodity_key,
        coalesce(detail_contains, '') as detail_contains,
        decision, material_id
    from {{ ref('usgs_commodities') }}

),

details as (

    select distinct
        commodity_key, detail
    from {{ ref('stg_usgs_mcs__salient') }}
    union
    select distinct
        commodity_key, detail
    from {{ ref('stg_usgs_mcs__import_sources') }}
    union
    select distinct
        commodity_key, detail
    from {{ ref('stg_usgs_mcs__front_matter') }}
    where table_id = 'import_reliance' and commodity_key is not null

),

names as (

    select * from {{ ref('int_production__commodity_names') }}

),

-- the commodity itself, one of equal name, one whose name begins alike
related as (

    select
        mine.commodity_key,
        theirs.commodity_key as known_commodity_key,
        min(
            case
                when mine.commodity_key = theirs.commodity_key then 1
                when mine.name_words = theirs.name_words then 2
                else 3
            end
        ) as likeness
    from names as mine
    inner join names as theirs
        on mine.name_beginning = theirs.name_beginning or mine.name_words = theirs.name_words
    where theirs.commodity_key in (select commodity_key from rules)
    group by mine.commodity_key, theirs.commodity_key

),

ranked as (

    select
        *,
        min(likeness) over (partition by commodity_key) as best_likeness
    from related

),

matched as (

    select
        details.commodity_key, details.detail, ranked.known_commodity_key, ranked.likeness,
        ranked.best_likeness, rules.decision, rules.material_id,
        row_number() over (
            partition by details.commodity_key, details.detail, ranked.known_commodity_key
            order by length(rules.detail_contains) desc, rules.detail_contains
        ) as place
    from details
    inner join ranked
        on details.commodity_key = ranked.commodity_key
    inner join rules
        on
            ranked.known_commodity_key = rules.commodity_key
            and lower(details.detail) like '%' || rules.detail_contains || '%'

),

decided as (

    select
        commodity_key, detail,
        min(decision) as decision,
        min(material_id) as material_id,
        min(known_commodity_key) as known_commodity_key,
        min(likeness) as likeness
    from matched
    where place = 1 and likeness = best_likeness
    group by commodity_key, detail
    having count(distinct decision || coalesce(material_id, '')) = 1

),

nearest as (

    select
        commodity_key, detail, known_commodity_key, material_id,
        row_number() over (
            partition by commodity_key, detail
            order by likeness, levenshtein(commodity_key, known_commodity_key), known_commodity_key
        ) as place
    from matched
    where place = 1

)

select
    details.commodity_key, details.detail,
    coalesce(decided.decision, 'undecided') as decision,
    decided.material_id,
    -- letters and digits of the detail, as an identifier of the form
    trim(both '_' from regexp_replace(lower(details.detail), '[^a-z0-9]+', '_', 'g')) as form_id,
    case
        when decided.decision is null then 'undecided'
        when decided.likeness = 1 then 'known'
        else 'similar'
    end as match_kind,
    coalesce(decided.known_commodity_key, nearest.known_commodity_key) as nearest_label,
    coalesce(decided.material_id, nearest.material_id) as likely_material_id
from details
left join decided
    on details.commodity_key = decided.commodity_key and details.detail = decided.detail
left join nearest
    on
        details.commodity_key = nearest.commodity_key
        and details.detail = nearest.detail
        and nearest.place = 1
