"""Hubs of many restricted flows, from Arrow tables to an Arrow table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from warehouse.statistics.rerouting.candidates import Floats, Hub, NoSeriesError, find_hubs

Row = dict[str, Any]
#: Weights in kg by (exporter, importer) and year.
Series = Mapping[tuple[str, str], Mapping[int, float]]
#: Hubs that are listed of one restricted flow.
MAX_HUBS = 5
#: `hub_id` and `importer_id` of a row without a result.
NONE = "NONE"

SCHEMA = pa.schema(
    [
        (name, pa.string())
        for name in ("event_id", "exporter_id", "importer_id", "product_code", "hub_id",
                     "missing_reason")
    ]
    + [
        (name, pa.float64())
        for name in ("lost_direct_kg", "hub_inflow_excess_kg", "hub_outflow_excess_kg",
                     "matched_kg", "coverage_share", "surprise_ratio", "balance_share",
                     "evidence_score", "p_placebo")
    ]
    + [("n_placebo", pa.int32()), ("rank", pa.int32()), ("post_year", pa.int32()),
       ("is_candidate", pa.bool_())]
)  # fmt: skip


def reroute_table(measures: pa.Table, flows: pa.Table, importers: pa.Table) -> pa.Table:
    """Hubs of every restricted flow to every importer.

    Args:
        measures: one row per event, exporter and code: event_id, exporter_id, product_code,
            nomenclature, last_year (the last year before the announcement), post_year (the first
            whole year after effect) and missing_reason.
        flows: one row per nomenclature, code, exporter, importer and year: kg; NULL is unknown, no
            row is no trade.
        importers: importer_id.
    Returns:
        `SCHEMA`: up to MAX_HUBS rows per flow, or one row with the reason why there is none.
    """
    series: dict[tuple[str, str], dict[tuple[str, str], dict[int, float]]] = defaultdict(
        lambda: defaultdict(dict)
    )
    first: dict[tuple[str, str], int] = {}
    for row in flows.to_pylist():
        code = row["nomenclature"], row["product_code"]
        kg = float("nan") if row["kg"] is None else float(row["kg"])
        series[code][row["exporter_id"], row["importer_id"]][row["year"]] = kg
        first[code] = min(row["year"], first.get(code, row["year"]))
    names = sorted(importers.column("importer_id").to_pylist())
    found: list[Row] = []
    for measure in measures.to_pylist():
        code = measure["nomenclature"], measure["product_code"]
        if measure["missing_reason"]:
            found.append(_row(measure, NONE, NONE, measure["missing_reason"]))
            continue
        years = [*range(first[code], measure["last_year"] + 1), measure["post_year"]]
        for importer in names:
            if importer != measure["exporter_id"]:
                found += _rows(measure, importer, series[code], years)
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _rows(measure: Row, importer: str, series: Series, years: list[int]) -> list[Row]:
    exporter = measure["exporter_id"]
    direct = _line(series, exporter, importer, years)
    if not direct.any():
        return []
    hubs = sorted(
        hub for sender, hub in series
        if sender == exporter and hub != importer and (hub, importer) in series
    )  # fmt: skip
    inflow = np.array([_line(series, exporter, hub, years) for hub in hubs])
    outflow = np.array([_line(series, hub, importer, years) for hub in hubs])
    if not hubs or not np.isfinite(direct).all():
        reason = "a weight is unknown" if hubs else "no third country trades with both"
        return [_row(measure, importer, NONE, reason)]
    known = np.isfinite(inflow).all(axis=1) & np.isfinite(outflow).all(axis=1)
    hubs = [hub for hub, is_known in zip(hubs, known, strict=True) if is_known]
    try:
        result = find_hubs(direct, inflow[known], outflow[known])
    except NoSeriesError as error:
        return [_row(measure, importer, NONE, str(error))]
    if not result.hubs:
        return [_row(measure, importer, NONE, "no third country received and sent more")]
    return [
        _row(measure, importer, hubs[hub.index], None) | _numbers(hub)
        | {"lost_direct_kg": result.lost, "n_placebo": result.n_placebo, "rank": rank}
        for rank, hub in enumerate(result.hubs[:MAX_HUBS], start=1)
    ]  # fmt: skip


def _line(series: Series, exporter: str, importer: str, years: list[int]) -> Floats:
    known = series.get((exporter, importer), {})
    return np.array([known.get(year, 0.0) for year in years])


def _row(measure: Row, importer: str, hub: str, reason: str | None) -> Row:
    names = ("event_id", "exporter_id", "product_code", "post_year")
    return {name: measure[name] for name in names} | {
        "importer_id": importer, "hub_id": hub, "missing_reason": reason,
    }  # fmt: skip


def _numbers(hub: Hub) -> Row:
    return {
        "hub_inflow_excess_kg": hub.inflow_excess, "hub_outflow_excess_kg": hub.outflow_excess,
        "matched_kg": hub.matched, "coverage_share": hub.coverage_share,
        "surprise_ratio": hub.surprise_ratio, "balance_share": hub.balance_share,
        "evidence_score": hub.evidence_score, "p_placebo": hub.p_placebo,
        "is_candidate": hub.is_candidate,
    }  # fmt: skip
