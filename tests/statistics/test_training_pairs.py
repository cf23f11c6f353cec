"""BACI of earlier years trains the weights; BACI of the same year is not used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from orchestration.cli import validate
from warehouse.paths import DataPaths
from warehouse.statistics import baci_comparison_rules
from warehouse.statistics.mirror_reconciliation.batch import learnt_weights, reporter_weights
from warehouse.statistics.mirror_reconciliation.reconciliation import N_TRAINING_PAIRS

N = 30
COUNTRIES = [f"C{i:02d}" for i in range(N)]
YEARS = (2020, 2021)


def _odds() -> tuple[np.ndarray, np.ndarray]:
    draw = np.random.default_rng(7)
    return draw.normal(-0.5, 1.3, N), draw.normal(0, 1.3, N)


def _two_years(seed: int = 7) -> pa.Table:
    """Declarations that differ much and whose weights only CEPII's values reveal."""
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
        value = share * x + (1 - share) * m
        # one in ten does not follow the weights
        value = np.where(draw.random(i.size) < 0.1, x, value)
        for name, values in {
            "exporter_id": [COUNTRIES[c] for c in i], "importer_id": [COUNTRIES[c] for c in j],
            "product_code": [f"{c:06d}" for c in range(i.size)],
            "period_type": ["A"] * i.size, "period_start_date": [date(year, 1, 1)] * i.size,
            "x_usd": x, "m_usd": m, "baci_value_usd": value, "is_fob": [True] * i.size,
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


def test_the_weights_of_a_year_are_trained_on_the_one_before() -> None:
    weights = reporter_weights(_two_years())
    exporter, importer = _odds()
    true = 1 / (1 + np.exp(-(exporter[:, None] + importer[None, :])))
    off = {year: np.quantile(np.abs(_share(weights, year) - true), 0.95) for year in YEARS}
    assert off[2021] < 0.02 < 0.2 < off[2020]
    untrained, trained = weights.filter(pc.equal(weights["role"], "all"))[
        "n_training_pairs"
    ].to_pylist()
    assert untrained == 0
    assert N_TRAINING_PAIRS / 2 < trained <= N_TRAINING_PAIRS


def test_baci_of_the_same_or_a_later_year_is_not_used() -> None:
    flows = _two_years()

    def with_exporters_values_of(year: int) -> pa.Table:
        own = pc.equal(flows["period_start_date"], date(year, 1, 1))
        values = pc.if_else(own, flows["x_usd"], flows["baci_value_usd"])
        return flows.set_column(
            flows.column_names.index("baci_value_usd"), "baci_value_usd", values
        )

    before = reporter_weights(flows)
    # BACI of a later year is not used either
    after = reporter_weights(with_exporters_values_of(2021))
    assert before.equals(after)
    after = reporter_weights(with_exporters_values_of(2020))
    assert (_share(before, 2020) == _share(after, 2020)).all()
    assert _share(after, 2021).mean() > 0.9 > _share(before, 2021).mean()


def test_learnt_weights_replace_an_earlier_year_that_has_not_landed() -> None:
    both = _two_years()
    at = both.column_names.index("before_usd")
    draw = np.random.default_rng(1)
    vague = both["baci_value_usd"].to_numpy() * np.exp(draw.normal(0, 0.7, len(both)))
    both = both.set_column(at, "before_usd", pa.array(vague))
    first, second = (
        both.filter(pc.equal(both["period_start_date"], date(year, 1, 1))) for year in YEARS
    )
    learnt = learnt_weights(first)
    exporter, importer = _odds()
    true = 1 / (1 + np.exp(-(exporter[:, None] + importer[None, :])))

    def off(weights: pa.Table, year: int) -> float:
        return float(np.quantile(np.abs(_share(weights, year) - true), 0.95))

    alone = reporter_weights(second)
    assert off(reporter_weights(second, learnt=learnt), 2021) < 0.5 * off(alone, 2021)
    # neither for the year that they were learnt from, nor for an earlier one
    later = learnt.set_column(0, "fitted_year", pa.array([2021] * len(learnt), pa.int32()))
    assert reporter_weights(second, learnt=later).equals(alone)
    # without reference flows nothing says that CEPII's weights apply
    nothing = second.set_column(at, "before_usd", pa.nulls(len(second), pa.float64()))
    assert reporter_weights(nothing, learnt=learnt).equals(reporter_weights(nothing))


@pytest.mark.timeout(600)
def test_half_of_the_real_products_train_the_other_half(
    shared_data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CEPII's weights are the same for all products, as for all years: half of the products of 2022
    replace another year as training data. Nine in ten bands of two reports hold CEPII's value.
    """
    paths = DataPaths.at(tmp_path)
    paths.working.mkdir(parents=True)
    trade = shared_data / "trade"
    theirs = validate._land(
        paths, [trade / "comtrade_raw_2022_critical31.csv.gz"],
        trade / "baci_v202601_hs17_2022_full_critical30.csv.gz", 2022,
    )  # fmt: skip
    validate._build(paths)
    with duckdb.connect(str(paths.database), read_only=True) as connection:
        baci_comparison_rules.scores_by_rule(connection, theirs, 2022)
        (held,) = connection.execute(_HELD).fetchone() or (None,)
        assert held is not None
        assert 0.88 < held < 0.95
        for half in (0, 1):
            flows = connection.execute(_HALVES, [half]).to_arrow_table()
            at = flows.column_names.index("baci_value_usd")
            nothing = flows.set_column(at, "baci_value_usd", pa.nulls(len(flows), pa.float64()))
            connection.register("trained", reporter_weights(flows))
            connection.register("untrained", reporter_weights(nothing))
            trained, untrained = (_share_met(connection, x, half) for x in ("trained", "untrained"))
            assert trained > 0.92
            assert trained > untrained + 0.1
            earlier = flows.filter(pc.equal(flows["period_start_date"], date(2021, 1, 1)))
            learnt = learnt_weights(earlier)
            connection.register("learnt", reporter_weights(nothing, learnt=learnt))
            assert _share_met(connection, "learnt", half) > 0.89
        _seed_is_what_the_pair_teaches(connection)


def _seed_is_what_the_pair_teaches(connection: duckdb.DuckDBPyConnection) -> None:
    """And it is not used for the year that it was learnt from."""
    flows = connection.execute(_WHOLE).to_arrow_table()
    seed = connection.execute(
        "select * from staging.stg_reference__learnt_reporter_weights order by role, country_id"
    ).to_arrow_table()
    found = learnt_weights(flows).sort_by([("role", "ascending"), ("country_id", "ascending")])
    for column in ("fitted_year", "role", "country_id", "n_pairs"):
        assert seed[column].to_pylist() == found[column].to_pylist()
    assert seed["log_odds"].to_pylist() == pytest.approx(found["log_odds"].to_pylist(), abs=1e-4)
    assert reporter_weights(flows).equals(reporter_weights(flows, learnt=seed))


_WHOLE = """
    select p.*, c.theirs as baci_value_usd
    from intermediate.int_trade__mirror_pairs as p
    left join compared as c using (exporter_id, importer_id, product_code)
    where has_exporter_filed and has_importer_filed
    order by exporter_id, importer_id, product_code
"""

#: CEPII's values inside the band of two reports, up to the rounding of a thousand dollars.
_HELD = """
    select avg(case when theirs between value_low_usd - 500 and value_high_usd + 500 then 1.0
        else 0 end)
    from intermediate.int_trade__mirror_intervals
    inner join compared using (exporter_id, importer_id, product_code)
    where period_type = 'A' and sidedness = 'two_sided' and theirs > 0
"""

#: Half of the products of 2022 replace the year before.
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


def _share_met(connection: duckdb.DuckDBPyConnection, weights: str, half: int) -> float:
    """The share of CEPII's flows met within a tenth, by the formula of the model."""
    row = connection.execute(
        f"""
        with weighted as (
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
            else weighted.value_usd end, 0) / compared.theirs - 1) <= 0.1 then 1.0 else 0 end)
        from compared left join weighted using (exporter_id, importer_id, product_code)
        where compared.theirs > 0 and hash(product_code) % 2 = {half}
        """
    ).fetchone()
    assert row is not None
    return float(row[0])
