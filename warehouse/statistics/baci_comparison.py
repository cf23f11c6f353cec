"""Comparison of our reconciled flows with CEPII's BACI: five scores per year, as SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

MART = "fct_trade_reconciled"
#: Accepted range of each score; one product may have another first exporter.
BOUNDS: Mapping[str, tuple[float, float]] = {
    "level": (0.97, 1.03),
    "n_missed": (0, 1),
    "hhi_correlation": (0.995, 1),
    "top_share_error_pp": (0, 2.0),
    "share_within_tenth": (0.80, 1),
}
UNIVERSE = (
    "flows that CEPII's BACI lists by exporter, importer and product for the year, where UN "
    "Comtrade has declarations of the product and the exporter or the importer has filed the "
    "year: importers that the bundle sums to ROW and what a truncated year leaves out are compared "
    "with nothing, so shares and concentrations are those of these flows; within 10 % of a value "
    "that is rounded to thousand dollars means within 10 % and 500 dollars"
)
_NOT_COUNTRIES = "('ROW', 'NES', 'SPECIAL', 'UNMAPPED')"


@dataclass(frozen=True)
class Score:
    """The scores of one year of flows; None where there is too little data.

    `level` is the ratio of sums, `n_first` the number of products with the same first exporter,
    `top_share_error_pp` is in percentage points, the other scores are 0 to 1.
    """

    year: int
    n_flows: int
    level: float | None
    n_first: int
    n_products: int
    n_missed: int
    hhi_correlation: float | None
    top_share_error_pp: float | None
    share_within_tenth: float | None
    missed: str | None


def scores_sql(flows: str, ours: str = "ours") -> str:
    """The query of the scores, one row per year (columns of `Score`).

    Args:
        flows: a query with year, exporter_id, importer_id, product_code, `theirs` and
            `rounding_usd` (the rounding error of `theirs`), values in USD.
        ours: an SQL expression over these columns.
    Source: docs/reconciliation.md; spec/methods.md M12.
    """
    return f"""
        with sides as (
            select
                year, exporter_id, importer_id, product_code, {ours} as ours, theirs,
                0.1 * theirs + rounding_usd as tolerance
            from ({flows}) as flows
        ),
        exporters as (
            select year, product_code, exporter_id, sum(ours) as ours, sum(theirs) as theirs
            from sides group by all
        ),
        shares as (
            select
                year, product_code, exporter_id,
                coalesce(ours, 0) / sum(ours) over product as our_share,
                coalesce(theirs, 0) / sum(theirs) over product as their_share
            from exporters window product as (partition by year, product_code)
        ),
        products as (
            select
                year, product_code,
                sum(our_share ** 2) as our_hhi, sum(their_share ** 2) as their_hhi,
                arg_max(exporter_id, (our_share, exporter_id)) as our_first,
                arg_max(exporter_id, (their_share, exporter_id)) as their_first,
                arg_max(our_share, (their_share, exporter_id)) - max(their_share) as top_error
            from shares group by year, product_code
        ),
        levels as (
            select
                year, count(*) filter (where theirs > 0) as n_flows,
                sum(ours) / sum(theirs) as level,
                avg(case when abs(coalesce(ours, 0) - theirs) <= tolerance then 1.0 else 0 end)
                    filter (where theirs > 0) as share_within_tenth
            from sides group by year
        )
        select
            year, any_value(n_flows) as n_flows, any_value(level) as level,
            count(*) filter (where our_first = their_first) as n_first,
            count(*) as n_products,
            count(*) filter (where our_first is distinct from their_first) as n_missed,
            -- of one product, or of equal ones, there is none
            case when isfinite(corr(our_hhi, their_hhi)) then least(1, corr(our_hhi, their_hhi)) end
                as hhi_correlation,
            100 * avg(abs(top_error)) as top_share_error_pp,
            any_value(share_within_tenth) as share_within_tenth,
            string_agg(product_code, ', ' order by product_code)
                filter (where our_first is distinct from their_first) as missed
        from products inner join levels using (year)
        group by year
        order by year
    """


def common_flows_sql(reconciled: str) -> str:
    """The query of the flows that can be compared (`UNIVERSE`), one row per flow, values in USD.

    A flow that CEPII lists and we do not have is kept with `ours` NULL: it counts as missed.
    """
    return f"""
        with own as (
            select * from {reconciled} where source_id = 'pax_silica' and period_type = 'A'
        ),
        declared as (select distinct year, nomenclature, product_code from own),
        exporters as (
            select distinct year, exporter_id from own where x_report_usd is not null
        ),
        importers as (
            select distinct year, importer_id from own where m_report_fob_usd is not null
        ),
        benchmark as (
            select year, nomenclature, product_code, exporter_id, importer_id, value_usd
            from {reconciled} semi join declared using (year, nomenclature, product_code)
            where source_id = 'cepii_baci' and period_type = 'A' and known_to_date is null
                and exporter_id not in {_NOT_COUNTRIES} and importer_id not in {_NOT_COUNTRIES}
        )
        select
            year, exporter_id, importer_id, product_code,
            own.value_usd as ours, benchmark.value_usd as theirs,
            case when benchmark.value_usd % 1000 = 0 then 500 else 0 end as rounding_usd
        from benchmark
        left join own using (year, nomenclature, product_code, exporter_id, importer_id)
        left join exporters using (year, exporter_id)
        left join importers using (year, importer_id)
        where exporters.year is not null or importers.year is not null
    """


def short_of_sql(reconciled: str) -> str:
    """The query of the scores outside `BOUNDS`, one row per year and score."""
    listed = ", ".join(
        f"({position}, '{name}', {low}::double, {high}::double)"
        for position, (name, (low, high)) in enumerate(BOUNDS.items(), 1)
    )
    values = ", ".join(f"{name}::double" for name in BOUNDS)
    return f"""
        select year, score, [{values}][place] as value, low, high
        from ({scores_sql(common_flows_sql(reconciled))})
        cross join (values {listed}) as bounds (place, score, low, high)
        where [{values}][place] not between low and high
    """


def scores(connection: duckdb.DuckDBPyConnection, flows: str, ours: str = "ours") -> list[Score]:
    """The scores of the expression `ours` over `flows` (see `scores_sql`), one per year."""
    return [Score(*row) for row in connection.execute(scores_sql(flows, ours)).fetchall()]


def scores_of_mart(connection: duckdb.DuckDBPyConnection) -> list[Score]:
    """The scores of the built mart, one per year with both sources; empty without own flows."""
    mart = f"marts.{MART}"
    is_built = f"select 1 from duckdb_tables() where schema_name || '.' || table_name = '{mart}'"
    has_own = f"select 1 from {mart} where source_id = 'pax_silica' limit 1"
    if not connection.execute(is_built).fetchone() or not connection.execute(has_own).fetchone():
        return []
    return scores(connection, common_flows_sql(mart))
