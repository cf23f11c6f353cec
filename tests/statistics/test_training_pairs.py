"""CEPII's values of earlier years teach the weights; those of the same year are never heard."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from orchestration import dbt_env
from orchestration.cli import validate
from warehouse.paths import DataPaths
from warehouse.statistics import baci_comparison_rules
from warehouse.statistics.mirror_reconciliation.batch import reporter_weights
from warehouse.statistics.mirror_reconciliation.reconciliation import N_TRAINING_PAIRS

N = 30
COUNTRIES = [f"C{i:02d}" for i in range(N)]
YEARS = (2020, 2021)


def _odds() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(7)
    return draw.normal(-0.5, 1.3, N), draw.normal(0, 1.3, N)


def _two_years(seed: int = 7) -> pa.Table:
    """Declarations far apart, of which nobody's errors tell the odds: only CEPII's values do."""
    draw = np.random.default_rng(seed)
    exporter, importer = _odds()
    columns: dict[str, list[object]] = {}
    for year in YEARS:
        i, j = draw.integers(0, N, 6000), draw.integers(0, N, 6000)
        kept = i != j
        i, j = i[kept], j[kept]
        x = np.exp(draw.normal(14, 1.5, i.size))
        m = x * np.exp(draw.normal(0, 1, i.size))
        share = 1 / (1 + np.exp(-(exporter[i] + importer[j])))
        told = share * x + (1 - share) * m
        # one in ten is CEPII's own choice
        told = np.where(draw.random(i.size) < 0.1, x, told)
        for name, values in {
            "exporter_id": [COUNTRIES[c] for c in i], "importer_id": [COUNTRIES[c] for c in j],
            "product_code": [f"{c:06d}" for c in range(i.size)],
            "period_type": ["A"] * i.size, "period_start_date": [date(year, 1, 1)] * i.size,
            "x_usd": x, "m_usd": m, "baci_value_usd": told, "is_fob": [True] * i.size,
        }.items():  # fmt: skip
            columns.setdefault(name, []).extend(values)
    flows = pa.table(columns)
    empty = pa.nulls(len(flows), pa.float64())
    for name in ("x_kg", "m_kg", "usual_usd_kg", "distance_km", "before_usd", "ceiling_usd"):
        flows = flows.append_column(name, empty)
    return flows


def _share(weights: pa.Table, year: int) -> np.ndarray:
    """The weight of the exporter's report for every pair of countries."""
    odds = {
        (row["role"], row["country_id"]): row["log_odds"]
        for row in weights.to_pylist()
        if row["period_start_date"].year == year
    }
    exporter = np.array([odds["exporter", country] for country in COUNTRIES])
    importer = np.array([odds["importer", country] for country in COUNTRIES])
    return 1 / (1 + np.exp(-(odds["all", "ALL"] + exporter[:, None] + importer[None, :])))


def test_the_weights_of_a_year_are_learnt_from_the_one_before() -> None:
    weights = reporter_weights(_two_years())
    exporter, importer = _odds()
    true = 1 / (1 + np.exp(-(exporter[:, None] + importer[None, :])))
    off = {year: np.quantile(np.abs(_share(weights, year) - true), 0.95) for year in YEARS}
    assert off[2021] < 0.02 < 0.2 < off[2020]
    untaught, taught = weights.filter(pc.equal(weights["role"], "all"))[
        "n_training_pairs"
    ].to_pylist()
    assert untaught == 0
    assert N_TRAINING_PAIRS / 2 < taught <= N_TRAINING_PAIRS


def test_a_year_never_hears_what_cepii_made_of_itself() -> None:
    flows = _two_years()

    def believing_all_exporters_of(year: int) -> pa.Table:
        own = pc.equal(flows["period_start_date"], date(year, 1, 1))
        told = pc.if_else(own, flows["x_usd"], flows["baci_value_usd"])
        return flows.set_column(flows.column_names.index("baci_value_usd"), "baci_value_usd", told)

    before = reporter_weights(flows)
    # nor what it made of a later one
    after = reporter_weights(believing_all_exporters_of(2021))
    assert before.equals(after)
    after = reporter_weights(believing_all_exporters_of(2020))
    assert (_share(before, 2020) == _share(after, 2020)).all()
    assert _share(after, 2021).mean() > 0.9 > _share(before, 2021).mean()


@pytest.mark.timeout(600)
def test_half_of_the_real_products_teach_the_other_half(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CEPII's weights are the same for all products, as for all years: the products of 2022 that
    stand in for another year teach those that do not.
    """
    monkeypatch.setenv("PAX_HOME", "restored afterwards")
    paths = DataPaths.at(tmp_path)
    dbt_env.apply(paths)
    trade = shared_data / "trade"
    theirs = validate._land(
        paths, [trade / "comtrade_raw_2022_critical31.csv.gz"],
        trade / "baci_v202601_hs17_2022_full_critical30.csv.gz", 2022,
    )  # fmt: skip
    validate._build(paths)
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        baci_comparison_rules.scores_by_rule(connection, theirs, 2022)
        for half in (0, 1):
            flows = connection.execute(_HALVES, [half]).to_arrow_table()
            told = flows.column_names.index("baci_value_usd")
            nothing = flows.set_column(told, "baci_value_usd", pa.nulls(len(flows), pa.float64()))
            connection.register("taught", reporter_weights(flows))
            connection.register("untaught", reporter_weights(nothing))
            taught, untaught = (_met(connection, name, half) for name in ("taught", "untaught"))
            assert taught > 0.92
            assert taught > untaught + 0.1


#: Half of the products of 2022 stand in for the year before.
_HALVES = """
    select p.* replace (
            case when hash(product_code) % 2 = $1 then date '2022-01-01'
                else date '2021-01-01' end as period_start_date
        ), c.theirs as baci_value_usd
    from intermediate.int_trade__mirror_pairs as p
    left join compared as c using (exporter_id, importer_id, product_code)
    where has_exporter_filed and has_importer_filed
    order by period_start_date, exporter_id, importer_id, product_code
"""


def _met(connection: duckdb.DuckDBPyConnection, weights: str, half: int) -> float:
    """The share of CEPII's flows met within a tenth, by the model's own arithmetic."""
    row = connection.execute(
        f"""
        with weighed as (
            select
                p.*,
                a.log_odds + coalesce(e.log_odds, 0) + coalesce(i.log_odds, 0) as odds,
                1 / (1 + exp(-odds)) as w
            from intermediate.int_trade__mirror_estimates as p
            inner join compared as c using (exporter_id, importer_id, product_code)
            inner join {weights} as a
                on a.role = 'all' and a.period_start_date = date '2022-01-01'
            left join {weights} as e
                on e.role = 'exporter' and e.country_id = p.exporter_id
                and e.period_start_date = a.period_start_date
            left join {weights} as i
                on i.role = 'importer' and i.country_id = p.importer_id
                and i.period_start_date = a.period_start_date
            where p.period_type = 'A' and not p.is_excluded_as_unreliable
        )
        select avg(case when abs(coalesce(case sidedness
            when 'two_sided' then w * x_report_usd + (1 - w) * m_report_fob_usd
            else weighed.value_usd end, 0) / compared.theirs - 1) <= 0.1 then 1.0 else 0 end)
        from compared left join weighed using (exporter_id, importer_id, product_code)
        where compared.theirs > 0 and hash(product_code) % 2 = {half}
        """
    ).fetchone()
    assert row is not None
    return float(row[0])
