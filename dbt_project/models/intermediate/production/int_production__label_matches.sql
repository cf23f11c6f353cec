-- One row per commodity, type label, header form and statistic of the world tables: the label of
-- usgs_series that means the same. A label that is not there is taken for one that differs in
-- spelling or in words without a meaning, or that only says more, if all such labels of the
-- commodity mean the same; otherwise it is undecided, and the nearest known label is named.
{%- set label_id -%}
    commodity_key || '|' || coalesce(type_key, '') || '|' || coalesce(form_text, '') || '|'
    || statistic
{%- endset %}
{%- set label_text = "coalesce(type_key, '') || ' ' || coalesce(form_text, '')" %}
with

landed as (

    select distinct
        edition, country_text, commodity_key, type_key, form_text, statistic,
        {{ label_id }} as label_id
    from {{ ref('stg_usgs_mcs__world') }}

),

labels as (

    select distinct
        label_id, commodity_key, type_key, form_text, statistic,
        {{ label_words("commodity_key || ' ' || statistic") }} as subject_words,
        {{ label_words(label_text) }} as words
    from landed

),

known as (

    select
        {{ label_id }} as label_id,
        commodity_key, statistic,
        coalesce(type_key, '') as type_key,
        coalesce(form_text, '') as form_text,
        {{ label_words("commodity_key || ' ' || statistic") }} as subject_words,
        {{ label_words(label_text) }} as words,
        min(material_id) as material_id,
        string_agg(
            concat_ws('/', decision, material_id, stage_id, form_id, measure, qty_basis, totals),
            '|' order by part_number
        ) as meaning
    from {{ ref('usgs_series') }}
    group by commodity_key, type_key, form_text, statistic

),

related as (

    select distinct
        mine.commodity_key,
        theirs.commodity_key as known_commodity_key
    from {{ ref('int_production__commodity_names') }} as mine
    inner join {{ ref('int_production__commodity_names') }} as theirs
        on mine.name_beginning = theirs.name_beginning

),

{% set general_words -%}
    'all capacity contained content form kilogram metric million production reserve thousand ton '
    || 'tonne type'
{%- endset -%}
pairs as (

    select
        labels.label_id, labels.words,
        known.label_id as known_label_id,
        known.commodity_key as known_commodity_key,
        known.type_key as known_type_key,
        known.form_text as known_form_text,
        known.words as known_words,
        known.material_id, known.meaning,
        -- what one label says and the other does not, apart from commodity, statistic and unit
        {{ words_without(
            'labels.words', "known.words || ' ' || known.subject_words || ' ' || " ~ general_words
        ) }} as own_words,
        {{ words_without(
            'known.words',
            "labels.words || ' ' || labels.subject_words || ' ' || " ~ general_words
        ) }} as missing_words,
        {{ words_without(
            'labels.words',
            "labels.subject_words || ' ' || known.subject_words || ' ' || " ~ general_words
        ) }} as core_words,
        {{ words_without(
            'known.words',
            "labels.subject_words || ' ' || known.subject_words || ' ' || " ~ general_words
        ) }} as known_core_words
    from labels
    inner join related
        on labels.commodity_key = related.commodity_key
    inner join known
        on
            related.known_commodity_key = known.commodity_key
            and labels.statistic = known.statistic
    where labels.label_id not in (select decided.label_id from known as decided)

),

-- the same words; the same but for spelling; the same but for words without a meaning; both; or
-- fewer words than every known label that has them all, which then mean one thing
likened as (

    select
        *,
        case
            when words = '' then 9
            when words = known_words then 1
            when {{ is_same_label('words', 'known_words') }} then 2
            when own_words = '' and missing_words = '' then 3
            when core_words <> '' and {{ is_same_label('core_words', 'known_core_words') }} then 4
            when own_words = '' then 5
            else 9
        end as likeness,
        levenshtein(words, known_words) as distance
    from pairs

),

ranked as (

    select
        *,
        min(likeness) over (partition by label_id) as best_likeness,
        row_number() over (
            partition by label_id
            order by likeness, distance, known_label_id
        ) as place
    from likened

),

ambiguous as (

    select label_id
    from ranked
    where likeness = best_likeness
    group by label_id
    having count(distinct meaning) > 1

),

meanings as (

    select
        label_id, meaning,
        true as is_known
    from known
    union all
    select
        label_id, meaning,
        false as is_known
    from ranked
    where place = 1 and likeness < 9 and label_id not in (select label_id from ambiguous)

),

-- two labels of one edition that would put two figures of a country into one series are not both
-- meant
colliding as (

    select distinct mine.label_id
    from meanings as mine
    inner join landed as my_cells
        on mine.label_id = my_cells.label_id
    inner join meanings as theirs
        on mine.meaning = theirs.meaning and mine.label_id <> theirs.label_id
    inner join landed as their_cells
        on
            theirs.label_id = their_cells.label_id
            and my_cells.edition = their_cells.edition
            and my_cells.country_text = their_cells.country_text
    where not mine.is_known and mine.meaning like 'map%'

),

-- commodities that the register of materials names for one material alone
registered as (

    select
        commodity_key,
        min(material_id) as material_id
    from (
        select
            lower(usgs_mcs_slug) as commodity_key,
            material_id
        from {{ ref('stg_reference__minerals') }}
        union
        select
            lower(usgs_mcs2025_commodity),
            material_id
        from {{ ref('stg_reference__minerals') }}
        union
        select
            lower(usgs_mcs2026_chapter),
            material_id
        from {{ ref('stg_reference__minerals') }}
    ) as names
    group by commodity_key
    having count(*) = 1

)

select
    labels.commodity_key, labels.type_key, labels.form_text, labels.statistic,
    case
        when meanings.label_id is null or colliding.label_id is not null then 'undecided'
        when meanings.is_known then 'known'
        else 'similar'
    end as match_kind,
    case
        when colliding.label_id is not null then null
        when meanings.is_known then labels.commodity_key
        when meanings.label_id is not null then nearest.known_commodity_key
    end as known_commodity_key,
    case
        when colliding.label_id is not null then null
        when meanings.is_known then labels.type_key
        when meanings.label_id is not null then nearest.known_type_key
    end as known_type_key,
    case
        when colliding.label_id is not null then null
        when meanings.is_known then labels.form_text
        when meanings.label_id is not null then nearest.known_form_text
    end as known_form_text,
    nearest.known_commodity_key || ' / ' || nearest.known_type_key as nearest_label,
    coalesce(registered.material_id, nearest.material_id) as likely_material_id
from labels
left join registered
    on labels.commodity_key = registered.commodity_key
left join meanings
    on labels.label_id = meanings.label_id
left join colliding
    on labels.label_id = colliding.label_id
left join ranked as nearest
    on labels.label_id = nearest.label_id and nearest.place = 1
