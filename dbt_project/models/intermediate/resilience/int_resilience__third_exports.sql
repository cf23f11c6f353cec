-- One row per item, exporter and year: what it delivers to countries outside the partnership, by the
-- reconciled source that has the most of the item's codes. Importers that a bundle sums up count as
-- outside.
-- noqa: disable=LT02
{% set cell = ['series_code', 'period_start_date'] %}
with

flows as (

    select
        reconciled.*,
        series.series_code
    from {{ ref('int_trade__reconciled') }} as reconciled
    inner join {{ ref('int_trade__series_codes') }} as series
        using (nomenclature, product_code)
    where
        reconciled.is_latest
        and reconciled.period_type = 'A'
        and reconciled.source_id = 'cepii_baci'
        and reconciled.exporter_id <> reconciled.importer_id

),

chosen as (

    select {{ cell | join(', ') }}, edition, nomenclature
    from (select distinct {{ cell | join(', ') }}, edition, nomenclature from flows) as candidates
    qualify row_number() over (
        partition by {{ cell | join(', ') }}
        order by case when nomenclature = 'HS2017' then 0 else 1 end, edition desc
    ) = 1

),

items as (

    select * from {{ ref('int_dependency__item_products') }}
    where item_kind in ('material', 'good')

),

members as (

    select * from {{ ref('int_country__members') }}

)

select
    items.item_kind, items.item_id, items.stage_id,
    flows.exporter_id,
    cast(flows.year as integer) as year,
    bool_or(items.is_basket) as is_basket,
    sum(round(flows.value_usd)) as third_exports_usd,
    sum(round(flows.net_weight_kg)) / 1000 as third_exports_t,
    sum(round(case when flows.net_weight_kg is not null then flows.value_usd else 0 end))
        / nullif(sum(round(flows.value_usd)), 0) as weight_coverage_share,
    {{ lineage_of('flows.lineage_id') }} as lineage_id
from flows
inner join chosen
    using ({{ cell | join(', ') }}, edition, nomenclature)
inner join items
    on flows.nomenclature = items.nomenclature and flows.product_code = items.product_code
left join members
    on flows.importer_id = members.country_id
where members.country_id is null
group by items.item_kind, items.item_id, items.stage_id, flows.exporter_id, flows.year
