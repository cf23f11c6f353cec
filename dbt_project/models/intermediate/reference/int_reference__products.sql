with

codes as (

    select * from {{ ref('stg_un_hs__codes') }}

),

-- where a revision comes without texts, the next one's text of the same code stands in
texts as (

    select
        product_code,
        max(case when nomenclature = 'HS2017' then description end) as text_2017,
        max(case when nomenclature = 'HS2022' then description end) as text_2022
    from codes
    group by product_code

),

revisions as (

    select
        listed.nomenclature, listed.valid_from, listed.valid_to
    from (
        values
        ('HS1992', date '1992-01-01', date '1996-01-01'),
        ('HS2012', date '2012-01-01', date '2017-01-01'),
        ('HS2017', date '2017-01-01', date '2022-01-01'),
        ('HS2022', date '2022-01-01', cast(null as date))
    ) as listed (nomenclature, valid_from, valid_to)

)

select
    codes.nomenclature, codes.product_code,
    coalesce(codes.description, texts.text_2017, texts.text_2022) as description,
    case
        when codes.description is not null then codes.nomenclature
        when texts.text_2017 is not null then 'HS2017'
        when texts.text_2022 is not null then 'HS2022'
    end as description_nomenclature,
    revisions.valid_from, revisions.valid_to, codes.known_from_date,
    {{ lineage_part("'un_hs'", 'codes.edition') }} as lineage_id
from codes
left join texts on codes.product_code = texts.product_code
left join revisions on codes.nomenclature = revisions.nomenclature
