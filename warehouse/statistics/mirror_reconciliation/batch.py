"""Reporter weights of many periods, from an Arrow table to an Arrow table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.statistics.mirror_reconciliation.freight import CITED, Freight
from warehouse.statistics.mirror_reconciliation.reconciliation import (
    N_TRAINING_PAIRS,
    Estimate,
    MirrorPairs,
    estimate,
    freight_rates,
    training_pairs,
)
from warehouse.statistics.mirror_reconciliation.reporter_reliability import (
    Floats,
    LearntWeights,
    ReferenceFlows,
    Weights,
    combine,
    information,
)

PERIOD = ("period_type", "period_start_date")
SCHEMA = pa.schema(
    [
        ("period_type", pa.string()),
        ("period_start_date", pa.date32()),
        ("role", pa.string()),
        ("country_id", pa.string()),
        ("log_odds", pa.float64()),
        ("log_error", pa.float64()),
        ("is_unreliable", pa.bool_()),
        ("is_declared_elsewhere", pa.bool_()),
        ("n_flows", pa.int64()),
        ("n_reference_flows", pa.int64()),
        ("n_training_pairs", pa.int64()),
        ("freight_constant", pa.float64()),
        ("freight_by_unit_value", pa.float64()),
        ("freight_by_distance", pa.float64()),
    ]
)

#: Weights that one year showed; `information` is the inverse variance of the log odds.
LEARNT = pa.schema(
    [
        ("fitted_year", pa.int32()),
        ("role", pa.string()),
        ("country_id", pa.string()),
        ("log_odds", pa.float64()),
        ("information", pa.float64()),
        ("n_pairs", pa.int64()),
    ]
)
#: A weight that fewer pairs show is not kept.
MIN_LEARNT_PAIRS = 5


def reporter_weights(
    flows: pa.Table,
    all_periods: pa.Table | None = None,
    learnt: pa.Table | None = None,
    wanted: pa.Table | None = None,
) -> pa.Table:
    """Estimate the weights of all reporters, each period by itself.

    A period uses its own declarations, BACI of the year before, and training pairs of earlier
    years; nothing of its own year of BACI, of a later year or of another month changes it.

    Args:
        flows: one row per period and flow between two countries that both filed: period_type,
            period_start_date, exporter_id, importer_id, product_code, x_usd, m_usd, x_kg, m_kg,
            is_fob, usual_usd_kg, distance_km, before_usd, ceiling_usd, baci_value_usd.
        all_periods: period_type, period_start_date. A period without a flow between two countries
            that filed has no estimate, and gets the values that are assumed beforehand.
        learnt: `LEARNT`, weights of an earlier year; used for later years only.
        wanted: period_type, period_start_date: the periods to estimate, by default all. `flows`
            has the earlier years all the same.
    Returns:
        `SCHEMA`: one row per period, role and country, and one row `all` per period. Weights are
        log odds of the exporter's report, errors logs of typical |ln(M/X)|.
    Source: spec/methods.md M12; docs/reconciliation.md.
    """
    by_period = {}
    for kind, start in _periods(flows):
        mask = pc.and_(pc.equal(flows[PERIOD[0]], kind), pc.equal(flows[PERIOD[1]], start))
        by_period[kind, start] = flows.filter(mask)
    chosen = by_period.keys() if wanted is None else set(_periods(wanted)) & by_period.keys()
    tables = []
    with np.errstate(invalid="ignore", divide="ignore"):
        for kind, start in sorted(chosen):
            earlier = {
                day.year: table
                for (of_kind, day), table in by_period.items()
                if of_kind == "A" and day.year < start.year
            }
            tables += [_weights_of_period(kind, start, by_period[kind, start], earlier, learnt)]
    if all_periods is not None:
        others = set(_periods(all_periods)) - by_period.keys()
        tables += [_prior_row(kind, start) for kind, start in sorted(others)]
    return pa.concat_tables(tables) if tables else SCHEMA.empty_table()


def _periods(table: pa.Table) -> list[tuple[str, date]]:
    found = table.select(PERIOD).group_by(PERIOD).aggregate([]).to_pydict()
    return sorted(zip(*found.values(), strict=True))


def _weights_of_period(
    kind: str,
    start: date,
    own: pa.Table,
    earlier: Mapping[int, pa.Table],
    learnt: pa.Table | None,
) -> pa.Table:
    """`earlier` are the annual flows of the years before. Only countries of these flows count, so
    that a period's weights are the same to the last bit whatever other periods there are."""
    tables = [own, *earlier.values()]
    countries = sorted(
        {
            country
            for table in tables
            for role in ("exporter_id", "importer_id")
            for country in pc.unique(table[role]).to_pylist()
        }
    )
    pairs = _pairs(own, countries)
    years = {year: _pairs(table, countries) for year, table in sorted(earlier.items())}
    by_year = {
        year: training_pairs(of_year, _freight_before(years, year))
        for year, of_year in years.items()
    }
    found = estimate(
        pairs,
        len(countries),
        _of_earlier(by_year, start.year),
        _freight_before(years, start.year),
        _learnt(learnt, countries, start.year),
    )
    return _rows(kind, start, countries, pairs, found)


def _freight_before(years: Mapping[int, MirrorPairs], before: int) -> Freight:
    return freight_rates([pairs for year, pairs in years.items() if year < before])


def learnt_weights(flows: pa.Table) -> pa.Table:
    """The weights that the declarations of one year and BACI of the same year show.

    Args:
        flows: as in `reporter_weights`, of one annual period, with `baci_value_usd`.
    Returns:
        `LEARNT`: one row per role and country with `MIN_LEARNT_PAIRS` training pairs, and one row
        `all`. What is left of the trade figures is one number per reporter.
    Source: docs/reconciliation.md, *Learnt weights*.
    """
    countries = sorted({*pc.unique(flows["exporter_id"]).to_pylist(),
                        *pc.unique(flows["importer_id"]).to_pylist()})  # fmt: skip
    (year,) = {start.year for start in pc.unique(flows[PERIOD[1]]).to_pylist()}
    pairs = _pairs(flows, countries)
    with np.errstate(invalid="ignore", divide="ignore"):
        pairs = replace(
            pairs,
            prior_value=np.full(pairs.x.size, np.nan),
            prior_upper_bound=np.full(pairs.x.size, np.nan),
        )
        training = training_pairs(pairs)
        weights = estimate(pairs, len(countries), training).weights
        known = information(weights, training)
    n = len(countries)
    rows = [{"role": "all", "country_id": "ALL", "log_odds": weights.constant,
             "information": float(known[0]), "n_pairs": training.size}]  # fmt: skip
    for role, odds, inverse_variance, of in (
        ("exporter", weights.exporter, known[1 : n + 1], training.exporter),
        ("importer", weights.importer, known[n + 1 :], training.importer),
    ):
        counts = np.bincount(of, minlength=n)
        rows += [
            {"role": role, "country_id": country, "log_odds": float(odds[i]),
             "information": float(inverse_variance[i]), "n_pairs": int(counts[i])}
            for i, country in enumerate(countries)
            if counts[i] >= MIN_LEARNT_PAIRS
        ]  # fmt: skip
    return pa.Table.from_pylist([{"fitted_year": year, **row} for row in rows], LEARNT)


def _learnt(table: pa.Table | None, countries: list[str], year: int) -> LearntWeights | None:
    """The weights of an earlier year for `countries`, NaN where a reporter has none."""
    if table is None or not table.num_rows:
        return None
    rows = [row for row in table.to_pylist() if row["fitted_year"] < year]
    whole = [row for row in rows if row["role"] == "all"]
    if not whole:
        return None
    odds, known = {}, [np.array([whole[0]["information"]])]
    for role in ("exporter", "importer"):
        of = {row["country_id"]: row for row in rows if row["role"] == role}
        odds[role] = np.array([of[c]["log_odds"] if c in of else np.nan for c in countries])
        known.append(np.array([of[c]["information"] if c in of else 0.0 for c in countries]))
    weights = Weights(whole[0]["log_odds"], odds["exporter"], odds["importer"])
    return LearntWeights(weights, np.concatenate(known))


def _of_earlier(by_year: Mapping[int, ReferenceFlows], before: int) -> ReferenceFlows | None:
    """The training pairs of the years before, thinned evenly."""
    earlier = [pairs for year, pairs in by_year.items() if year < before and pairs.size]
    if not earlier:
        return None
    training = combine(earlier)
    return training.every(-(-training.size // N_TRAINING_PAIRS))


def _pairs(flows: pa.Table, countries: list[str]) -> MirrorPairs:
    def codes(column: str, known: list[str]) -> Any:
        return pc.index_in(flows[column], pa.array(known)).to_numpy().astype(np.intp)

    def numbers(column: str) -> Floats:
        values = flows[column].cast(pa.float64()).to_numpy(zero_copy_only=False)
        return np.where(values > 0, values, np.nan)

    return MirrorPairs(
        exporter=codes("exporter_id", countries),
        importer=codes("importer_id", countries),
        product=codes("product_code", sorted(pc.unique(flows["product_code"]).to_pylist())),
        x=numbers("x_usd"),
        m=numbers("m_usd"),
        x_kg=numbers("x_kg"),
        m_kg=numbers("m_kg"),
        is_fob=pc.fill_null(flows["is_fob"], False).to_numpy(zero_copy_only=False),
        log_unit_value=np.log(numbers("usual_usd_kg")),
        log_distance=np.log(numbers("distance_km") / 3000),
        prior_value=numbers("before_usd"),
        prior_upper_bound=numbers("ceiling_usd"),
        baci_value=numbers("baci_value_usd"),
    )


def _prior_row(kind: str, start: Any) -> pa.Table:
    """Equal weights, errors of a factor of e, and the freight of the literature."""
    whole = {
        "period_type": kind, "period_start_date": start, "role": "all", "country_id": "ALL",
        "log_odds": 0.0, "log_error": 0.0, "is_unreliable": False,
        "is_declared_elsewhere": False, "n_flows": 0, "n_reference_flows": 0, "n_training_pairs": 0,
        "freight_constant": CITED.constant,
        "freight_by_unit_value": CITED.by_unit_value, "freight_by_distance": CITED.by_distance,
    }  # fmt: skip
    return pa.Table.from_pylist([whole], SCHEMA)


def _rows(
    kind: str, start: Any, countries: list[str], pairs: MirrorPairs, found: Estimate
) -> pa.Table:
    n = len(countries)
    whole = {
        "log_odds": found.weights.constant,
        "log_error": found.errors.level,
        "is_unreliable": False,
        "is_declared_elsewhere": False,
        "n_flows": int(np.isfinite(pairs.x + pairs.m).sum()),
        "n_reference_flows": found.n_reference_flows,
        "n_training_pairs": found.n_training_pairs,
        "freight_constant": found.freight.constant,
        "freight_by_unit_value": found.freight.by_unit_value,
        "freight_by_distance": found.freight.by_distance,
    }
    rows = [{"role": "all", "country_id": "ALL", **whole}]
    for role, odds, errors, of in (
        ("exporter", found.weights.exporter, found.errors.exporter, pairs.exporter),
        ("importer", found.weights.importer, found.errors.importer, pairs.importer),
    ):
        counts = np.bincount(of, minlength=n)
        rows += [
            {
                "role": role,
                "country_id": country,
                "log_odds": float(odds[i]),
                "log_error": float(errors[i]),
                "is_unreliable": bool(role == "exporter" and found.is_unreliable[i]),
                "is_declared_elsewhere": bool(
                    role == "exporter" and found.is_declared_elsewhere[i]
                ),
                "n_flows": int(counts[i]),
            }
            for i, country in enumerate(countries)
            if counts[i]
        ]
    return pa.Table.from_pylist(
        [{"period_type": kind, "period_start_date": start, **row} for row in rows], SCHEMA
    )
