"""Scores of several simple rules for the same declarations, against an external benchmark."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from warehouse.statistics.baci_comparison import Score, scores

#: Simple rules over the same pairs of declarations (`x` exporter, `m` importer), as SQL.
RULES = {
    "adding every row": "every_row_usd",
    "importer's report / 1.05": "coalesce(m / 1.05, x)",
    "geometric mean, importer / 1.05": "coalesce(sqrt(x * m / 1.05), m, x)",
    "plain mean": "coalesce((x + m) / 2, m, x)",
    "exporter's report": "coalesce(x, m)",
    "ours": "value_usd",
}
#: The benchmark's flows in our country ids, for the products that both have.
_COMPARED = """
    create temp table compared as
    with benchmark as (
        select
            coalesce(e.country_id, 'UNMAPPED') as exporter_id,
            coalesce(i.country_id, 'UNMAPPED') as importer_id,
            product_code, sum(value_kusd) * 1000 as theirs
        from theirs
        left join intermediate.int_country__codes as e
            on theirs.code_system = e.code_system and theirs.exporter_code = e.code
        left join intermediate.int_country__codes as i
            on theirs.code_system = i.code_system and theirs.importer_code = i.code
        group by all
    ),
    pairs as (
        select exporter_id, importer_id, product_code, x_usd as x, m_usd as m
        from intermediate.int_trade__mirror_pairs
        where period_type = 'A' and year = $1
    ),
    own as (
        select exporter_id, importer_id, product_code, value_usd
        from marts.fct_trade_reconciled
        where source_id = 'pax_silica' and period_type = 'A' and year = $1
    ),
    added as (
        select
            case flow_code when 'X' then r.country_id else p.country_id end as exporter_id,
            case flow_code when 'X' then p.country_id else r.country_id end as importer_id,
            cmd_code as product_code,
            sum(primary_value_usd) filter (where flow_code = 'X') as added_x,
            sum(primary_value_usd) filter (where flow_code = 'M') as added_m
        from staging.stg_un_comtrade__trade as t
        inner join intermediate.int_country__codes as r
            on r.code_system = 'comtrade' and t.reporter_code = r.code
        inner join intermediate.int_country__codes as p
            on p.code_system = 'comtrade' and t.partner_code = p.code
        where ref_year = $1 and freq_code = 'A' and r.country_id <> p.country_id
        group by all
    )
    select
        *, $1 as year, coalesce(sqrt(added_x * added_m / 1.05), added_m, added_x) as every_row_usd
    from pairs
    full join own using (exporter_id, importer_id, product_code)
    full join benchmark using (exporter_id, importer_id, product_code)
    left join added
        using (exporter_id, importer_id, product_code)
    where product_code in (select product_code from benchmark)
        and exporter_id in (select exporter_id from benchmark)
        and importer_id in (select importer_id from benchmark)
"""


def scores_by_rule(
    connection: duckdb.DuckDBPyConnection, theirs: pa.Table, year: int
) -> dict[str, Score]:
    """The scores of each rule of `RULES` for one year.

    Args:
        theirs: landed `flows` of BACI (value in thousand USD).
    Returns:
        One score per rule; empty if nothing was declared for the year.
    """
    connection.register("theirs", theirs)
    connection.execute(_COMPARED, [year])
    if not connection.execute("select 1 from compared where value_usd is not null").fetchone():
        return {}
    flows = "select *, 0 as rounding_usd from compared"
    return {rule: scores(connection, flows, ours)[0] for rule, ours in RULES.items()}
