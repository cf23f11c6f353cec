"""Declared rows to estimated flows in plain DuckDB: one statement, nothing kept in between."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

SQL = """
copy (
    with totals as (
        select
            reporter_code, partner_code, flow_code, cmd_code, period,
            max(primary_value_usd) as value_usd,
            arg_max(
                case
                    when is_net_wgt_estimated then null
                    when net_wgt_kg is not null then net_wgt_kg
                    when alt_qty_unit_code = 8 then alt_qty
                    when qty_unit_code = 8 then qty
                end,
                primary_value_usd
            ) as weight_kg
        from read_parquet('{folder}/data/landing/un_comtrade/trade/*.parquet')
        where
            type_code = 'C' and flow_code in ('M', 'X') and length(cmd_code) = 6
            and partner2_code = '0' and customs_code = 'C00' and mot_code = '0' and mos_code = '0'
        group by reporter_code, partner_code, flow_code, cmd_code, period
    ),

    declared as (
        select
            coalesce(reporters.country_id, 'UNMAPPED') as reporter_id,
            coalesce(partners.country_id, 'UNMAPPED') as partner_id,
            flow_code, cmd_code, period,
            round(sum(round(value_usd, 6)), 3) as value_usd,
            case when count(weight_kg) = count(*) then round(sum(round(weight_kg, 6)), 3) end
                as weight_kg
        from totals
        left join '{folder}/codes.parquet' as reporters on reporter_code = reporters.code
        left join '{folder}/codes.parquet' as partners on partner_code = partners.code
        where coalesce(reporters.code_kind, 'country') <> 'group' or reporters.country_id = 'TWN'
        group by all
    ),

    pairs as (
        select
            case flow_code when 'X' then reporter_id else partner_id end as exporter_id,
            case flow_code when 'X' then partner_id else reporter_id end as importer_id,
            cmd_code as product_code, period,
            sum(value_usd) filter (where flow_code = 'X') as x_usd,
            sum(value_usd) filter (where flow_code = 'M') as m_usd,
            sum(weight_kg) filter (where flow_code = 'X') as x_kg,
            sum(weight_kg) filter (where flow_code = 'M') as m_kg
        from declared
        where partner_id <> 'WLD' and reporter_id <> partner_id and value_usd > 0
        group by all
    ),

    prices as (
        select product_code, period, median(coalesce(m_usd / m_kg, x_usd / x_kg)) as usual_usd_kg
        from pairs
        where coalesce(m_kg, x_kg) > 0
        group by product_code, period
    ),

    freighted as (
        select
            pairs.*, usual_usd_kg,
            1 / (1 + exp(-(
                whole.log_odds + coalesce(exporters.log_odds, 0) + coalesce(importers.log_odds, 0)
            ))) as odds_weight,
            least(greatest(
                whole.freight_constant
                + whole.freight_by_unit_value * coalesce(ln(usual_usd_kg), 0)
                + whole.freight_by_distance * coalesce(ln(distance_km / 3000), 0), 0
            ), ln(1.2)) as freight
        from pairs
        left join prices using (product_code, period)
        left join '{folder}/distances.parquet' using (exporter_id, importer_id)
        inner join '{folder}/weights.parquet' as whole
            on whole.role = 'all' and whole.period = pairs.period
        left join '{folder}/weights.parquet' as exporters
            on exporters.role = 'exporter' and exporters.country_id = exporter_id
            and exporters.period = pairs.period
        left join '{folder}/weights.parquet' as importers
            on importers.role = 'importer' and importers.country_id = importer_id
            and importers.period = pairs.period
    )

    select
        exporter_id, importer_id, product_code, period, x_usd, m_usd, x_kg, m_kg, usual_usd_kg,
        case
            when m_usd is null then x_usd
            when x_usd is null then m_usd
            else odds_weight * x_usd + (1 - odds_weight) * m_usd
                * exp(-case when ln(m_usd / x_usd) > freight then 0 else freight end)
        end as value_usd
    from freighted
) to '{folder}/duckdb.parquet'
"""

if __name__ == "__main__":
    duckdb.sql(SQL.format(folder=Path(sys.argv[1])))
