-- One row per headline row of control_exposure of a last day of a year that has the same row a year
-- earlier, with both shares and why they differ: measured otherwise, other members, other measures in
-- force, or else another base.
-- noqa: disable=LT02
{% set cell = [
    'entity_id', 'netting', 'membership_variant', 'item_kind', 'item_id', 'stage_id',
] %}
with

exposures as (

    select * from {{ ref('control_exposure') }}
    where
        is_headline
        and extract(month from as_of_date) = 12
        and extract(day from as_of_date) = 31

)

select
    {% for column in cell %}later.{{ column }}, {% endfor %}
    later.as_of_date,
    cast(extract(year from later.as_of_date) as integer) as year,
    earlier.as_of_date as previous_as_of_date,
    later.exposure_share_high,
    earlier.exposure_share_high as previous_exposure_share_high,
    later.source_ids,
    earlier.source_ids as previous_source_ids,
    later.coverage_share, later.filing_coverage_share, later.quality_flags, later.source_id,
    later.edition, later.lineage_id,
    earlier.lineage_id as previous_lineage_id,
    case
        -- without a measure the share is 0 whatever is measured, and by whom
        when least(later.n_active_clauses, earlier.n_active_clauses) = 0 then null
        when coalesce(later.source_ids, '') <> coalesce(earlier.source_ids, '') then 'other sources'
        when coalesce(later.flow_basis, '') <> coalesce(earlier.flow_basis, '') then 'another basis'
        when coalesce(later.share_basis, '') <> coalesce(earlier.share_basis, '')
            then 'another measure of shares'
        when
            coalesce(later.denominator_scope, '') <> coalesce(earlier.denominator_scope, '')
            then 'another denominator'
        when '|' || later.quality_flags || '|' like '%|series_break|%' then 'a break of the series'
    end as coverage_reason,
    case
        when least(later.n_active_clauses, earlier.n_active_clauses) = 0 then null
        when coalesce(later.n_members, -1) <> coalesce(earlier.n_members, -1) then 'other members'
        when coalesce(later.n_members_reporting, -1) <> coalesce(earlier.n_members_reporting, -1)
            then 'other members report'
    end as membership_reason,
    case
        when coalesce(later.active_clause_ids, '') <> coalesce(earlier.active_clause_ids, '')
            then 'other measures in force'
    end as policy_reason
from exposures as later
inner join exposures as earlier
    on
        {% for column in cell -%}
        later.{{ column }} = earlier.{{ column }}
        and {% endfor -%}
        extract(year from later.as_of_date) = extract(year from earlier.as_of_date) + 1
where later.exposure_share_high is not null and earlier.exposure_share_high is not null
