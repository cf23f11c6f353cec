-- One row per period (a year or a month) of UN Comtrade's declarations: a hash of all that their rows
-- are computed from, so that a run replaces the periods that have changed and no others.
with

declared as (

    select
        period,
        count(*) as n_rows,
        sum({{ hash_64([
            'edition', 'type_code', 'freq_code', 'reporter_code', 'partner_code', 'partner2_code',
            'flow_code', 'classification_code', 'cmd_code', 'customs_code', 'mos_code', 'mot_code',
            'qty_unit_code', 'qty', 'alt_qty_unit_code', 'alt_qty', 'net_wgt_kg',
            'is_net_wgt_estimated', 'cif_value_usd', 'fob_value_usd', 'primary_value_usd',
            'has_dimensions', 'known_from_date', 'payload_sha256'
        ]) }}) as content
    from {{ ref('stg_un_comtrade__trade') }}
    group by period

),

codes as (

    select sum({{ hash_64(['code', 'country_id', 'code_kind']) }}) as content
    from {{ ref('int_country__codes') }}
    where code_system = 'comtrade'

),

conversions as (

    select
        sum({{ hash_64(['from_nomenclature', 'from_code', 'to_nomenclature', 'to_code']) }})
            as content
    from {{ ref('stg_un_hs__conversions') }}

)

select
    'un_comtrade' as source_id,
    declared.period,
    {{ period_type_of('declared.period') }} as period_type,
    {{ period_start_of('declared.period') }} as period_start_date,
    {{ hash_64([
        'declared.n_rows', 'declared.content', 'codes.content', 'conversions.content'
    ]) }} as version
from declared
cross join codes
cross join conversions
