"""Origins of many materials and years, from Arrow tables to an Arrow table."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse  # type: ignore[import-untyped]

from warehouse.statistics.origin.lookthrough import (
    TOLERANCE,
    Floats,
    Origins,
    trace_origins,
    trace_origins_unscaled,
)

#: Producers that the publisher does not name, and consumers that nobody declares.
UNNAMED = "NES"
#: Shares are rounded to this: below it the order of a sum decides.
DECIMALS = 13

SCHEMA = pa.schema(
    {
        "case_id": pa.string(),
        "consumer_id": pa.string(),
        "origin_id": pa.string(),
        "origin_share": pa.float64(),
        "origin_share_low": pa.float64(),
        "origin_share_high": pa.float64(),
        "direct_share": pa.float64(),
        "declared_share": pa.float64(),
        "import_origin_share": pa.float64(),
        "import_origin_share_low": pa.float64(),
        "import_origin_share_high": pa.float64(),
        "import_residual_share": pa.float64(),
        "hub_share": pa.float64(),
        "top_hub_id": pa.string(),
        "supply_t": pa.float64(),
        "consumption_t": pa.float64(),
        "production_t": pa.float64(),
        "declared_imports_t": pa.float64(),
        "declared_exports_t": pa.float64(),
        "export_scale": pa.float64(),
        "residual_share": pa.float64(),
        "rescaled_ids": pa.string(),
    }
)


class Bounds(NamedTuple):
    """Least and largest share by origin and consumer, and the unknown share of each consumer."""

    low: Floats
    high: Floats
    unknown: Floats


class Case(NamedTuple):
    """One material, stage and year: countries, production and flows in one unit."""

    case_id: str
    countries: list[str]
    production: Floats
    flows: sparse.csr_array
    #: the flows at the least and at the largest content of a tonne of product
    bounds: tuple[sparse.csr_array, ...]
    is_unnamed: np.ndarray


def origin_table(flows: pa.Table, production: pa.Table) -> pa.Table:
    """Trace the origins of every case.

    Args:
        flows: one row per case, exporter and importer: case_id, exporter_id, importer_id, and the
            tonnes of content as flow_t, flow_low_t, flow_high_t.
        production: one row per case and country row of the publisher: case_id, country_id,
            quantity_t (NULL is unknown and counts as nothing here). Rows of `NES` are the
            producers that are not named.
    Returns:
        `SCHEMA`: one row per case, consumer and origin that is not nothing in both the supply and
        the declared imports. A consumer without any known origin has one row of origin `NES`
        without shares. Shares add up to 1 per consumer; the low ones and residual_share do too. So
        do those of the imports alone, import_origin_share of the scaled and the low ones and
        import_residual_share of the declared; they are NULL where nothing is imported.
    Raises:
        ValueError: as `trace_origins`, naming the case.
    Source: spec/methods.md M19.
    """
    tables = [SCHEMA.empty_table()]
    for case in _cases(flows, production):
        try:
            columns = _columns(case)
        except ValueError as error:
            raise ValueError(f"{case.case_id}: {error}") from error
        tables.append(_rounded(columns))
    return pa.concat_tables(tables)


def _rounded(columns: dict[str, Any]) -> pa.Table:
    """A table of `SCHEMA`; shares without their last digits, NaN as NULL."""
    arrays = {
        name: np.round(values, DECIMALS) if name.endswith("_share") else values
        for name, values in columns.items()
    }
    return pa.table(
        [pa.array(arrays[field.name], type=field.type, from_pandas=True) for field in SCHEMA],
        schema=SCHEMA,
    )


def _cases(flows: pa.Table, production: pa.Table) -> Iterator[Case]:
    for case_id in sorted(pc.unique(flows["case_id"]).to_pylist()):
        mine = flows.filter(pc.equal(flows["case_id"], case_id))
        made = production.filter(pc.equal(production["case_id"], case_id))
        producers = made["country_id"].to_pylist()
        exporters = mine["exporter_id"].to_pylist()
        importers = mine["importer_id"].to_pylist()
        countries = sorted({*producers, *exporters, *importers, UNNAMED})
        index = {country: place for place, country in enumerate(countries)}
        at = ([index[c] for c in exporters], [index[c] for c in importers])
        shape = (len(countries), len(countries))
        matrices = [
            sparse.csr_array((mine[name].to_numpy().astype(float), at), shape=shape)
            for name in ("flow_t", "flow_low_t", "flow_high_t")
        ]
        named = np.zeros(len(countries))
        np.add.at(
            named,
            [index[c] for c in producers],
            [float(quantity or 0) for quantity in made["quantity_t"].to_pylist()],
        )
        listed = np.zeros(len(countries), dtype=bool)
        listed[[index[c] for c in producers if c != UNNAMED]] = True
        amounts, is_unnamed = _place_unnamed(named, matrices[0], listed, index[UNNAMED])
        yield Case(case_id, countries, amounts, matrices[0], tuple(matrices[1:]), is_unnamed)


def _place_unnamed(
    production: Floats, flows: sparse.csr_array, listed: np.ndarray, unnamed: int
) -> tuple[Floats, np.ndarray]:
    """Place the output of "other countries" where unlisted countries export more than they import.

    What is left stays with the unnamed themselves, who neither import nor export it.
    """
    excess = np.where(listed, 0.0, np.maximum(flows.sum(axis=1) - flows.sum(axis=0), 0.0))
    excess[unnamed] = 0.0
    total = excess.sum()
    placed = excess * min(1.0, production[unnamed] / total) if total > 0 else excess
    amounts = production + placed
    amounts[unnamed] = max(production[unnamed] - placed.sum(), 0.0)
    is_unnamed = (placed > 0) & (production == 0)
    is_unnamed[unnamed] = True
    return amounts, is_unnamed


def _columns(case: Case) -> dict[str, Any]:
    """The rows of a case, column by column."""
    traced = trace_origins(case.production, case.flows)
    share = _by_origin(case, traced.producers, traced.share)
    of_supply, of_imports = _bounds(case, traced.producers)
    low, high = of_supply.low, of_supply.high
    imports = case.flows.sum(axis=0)
    kept_imports = traced.flows.sum(axis=0)
    has_supply = traced.supply > 0
    direct = _divide(traced.flows.toarray(), traced.supply)
    own = _divide(np.diag(case.production), traced.supply)
    declared = _divide(case.flows.toarray(), imports)
    produced = _by_origin(case, traced.producers, own[traced.producers])
    passed_on = np.maximum(share - produced, 0.0)
    imported = _imported(case, _divide(passed_on * traced.supply, kept_imports), kept_imports)
    hub, hub_index = _through_hubs(direct, passed_on)
    is_row = (share > 0) | (low > 0) | (direct > 0) | (declared > 0)
    # a consumer of unknown origin has a row that states it
    is_row[case.countries.index(UNNAMED), ~has_supply & (imports > 0)] = True
    origin, consumer = np.nonzero(is_row)
    order = np.lexsort((origin, consumer))
    origin, consumer = origin[order], consumer[order]
    names = np.array(case.countries, dtype=object)
    at = (origin, consumer)
    known = has_supply[consumer]
    has_imports = imports[consumer] > 0
    has_kept_imports = kept_imports[consumer] > 0
    import_low = np.minimum(of_imports.low[at], np.where(has_kept_imports, imported[at], 1.0))
    import_high = np.maximum(of_imports.high[at], np.where(has_kept_imports, imported[at], 0.0))
    return {
        "case_id": [case.case_id] * origin.size,
        "consumer_id": names[consumer],
        "origin_id": names[origin],
        "origin_share": np.where(known, share[at], np.nan),
        "origin_share_low": np.minimum(low[at], np.where(known, share[at], 1.0)),
        "origin_share_high": np.maximum(high[at], np.where(known, share[at], 0.0)),
        "direct_share": np.where(known, direct[at] + produced[at], np.nan),
        "declared_share": np.where(has_imports, declared[at], np.nan),
        "import_origin_share": np.where(has_kept_imports, imported[at], np.nan),
        "import_origin_share_low": np.where(has_imports, import_low, np.nan),
        "import_origin_share_high": np.where(has_imports, import_high, np.nan),
        "import_residual_share": np.where(has_imports, of_imports.unknown[consumer], np.nan),
        "hub_share": np.where(known, hub[at], np.nan),
        "top_hub_id": [names[h] if h >= 0 else None for h in hub_index[at]],
        "supply_t": traced.supply[consumer],
        "consumption_t": traced.consumption[consumer],
        "production_t": case.production[consumer],
        "declared_imports_t": imports[consumer],
        "declared_exports_t": case.flows.sum(axis=1)[consumer],
        "export_scale": traced.scale[consumer],
        "residual_share": of_supply.unknown[consumer],
        "rescaled_ids": _rescaled(case, traced)[consumer],
    }


def _by_origin(case: Case, producers: np.ndarray, share: Floats) -> Floats:
    """Shares of producers as an array of all countries, the unnamed added up under one name."""
    n = len(case.countries)
    found = np.zeros((n, n))
    unnamed = case.is_unnamed[producers]
    found[producers[~unnamed]] = share[~unnamed]
    found[case.countries.index(UNNAMED)] = share[unnamed].sum(axis=0)
    return found


def _imported(case: Case, share: Floats, imports: Floats) -> Floats:
    """Shares of the imports that add up to 1; a producer's own goods that return are the rest.

    Beside a large production the difference of two nearly equal shares is no number.
    """
    found = np.minimum(share, 1.0)
    consumer = np.flatnonzero((case.production > 0) & (imports > 0))
    origin = np.where(case.is_unnamed, case.countries.index(UNNAMED), np.arange(imports.size))
    at = (origin[consumer], consumer)
    found[at] = 0.0
    found[at] = np.maximum(1.0 - found[:, consumer].sum(axis=0), 0.0)
    return found


def _bounds(case: Case, producers: np.ndarray) -> tuple[Bounds, Bounds]:
    """Of the supply and of the imports alone; the unknown share is that of the point flows."""
    supplies: list[tuple[Floats, Floats]] = []
    imports: list[tuple[Floats, Floats]] = []
    for flows in (case.flows, *case.bounds):
        if supplies and np.array_equal(flows.data, case.flows.data):
            continue
        known, unknown = trace_origins_unscaled(case.production, flows)
        share = _by_origin(case, producers, known)
        supplies.append((share, unknown))
        imports.append(_of_imports(case, producers, flows, share, unknown))
    return _widest(supplies), _widest(imports)


def _of_imports(
    case: Case, producers: np.ndarray, flows: sparse.csr_array, known: Floats, unknown: Floats
) -> tuple[Floats, Floats]:
    """Shares of the declared imports from those of the supply as `trace_origins_unscaled` has it.

    That supply is production, imports and what the country exports beyond both. Its own production
    and its own unexplained exports are no imports.
    """
    bought = flows.sum(axis=0)
    supply = np.maximum(flows.sum(axis=1), case.production + bought)
    own = np.zeros_like(known[: producers.size])
    own[np.arange(producers.size), producers] = case.production[producers]
    made = _by_origin(case, producers, own)
    unexplained = supply - case.production - bought
    of_unknown = unknown * supply - unexplained
    of_unknown[of_unknown < TOLERANCE * supply] = 0.0
    return (
        np.clip(_divide(known * supply - made, bought), 0.0, 1.0),
        np.clip(_divide(of_unknown, bought), 0.0, 1.0),
    )


def _widest(found: list[tuple[Floats, Floats]]) -> Bounds:
    low = np.minimum.reduce([known for known, _ in found])
    high = np.maximum.reduce([known + unknown for known, unknown in found])
    return Bounds(low, np.minimum(high, 1.0), found[0][1])


def _through_hubs(direct: Floats, passed_on: Floats) -> tuple[Floats, np.ndarray]:
    """What of an origin reaches a consumer through others, and the index of the largest of them.

    Args:
        direct: [h, j], h's part in j's supply.
        passed_on: [i, h], origin i in what h has imported, as a part of h's supply.
    Returns:
        [i, j] the share that came through hubs, and the hub's index, -1 where there is none.
    """
    total = direct.T @ passed_on.T
    index = np.full(passed_on.shape, -1)
    origins = np.flatnonzero(passed_on.any(axis=1))
    for consumer in np.flatnonzero(direct.any(axis=0)):
        hubs = np.flatnonzero(direct[:, consumer])
        through = passed_on[np.ix_(origins, hubs)] * direct[hubs, consumer]
        best = through.argmax(axis=1)
        is_any = through[np.arange(origins.size), best] > 0
        index[origins[is_any], consumer] = hubs[best[is_any]]
    return total.T, index


def _rescaled(case: Case, traced: Origins) -> np.ndarray:
    """Per consumer the suppliers whose exports were scaled down, joined by |."""
    found: list[list[str]] = [[] for _ in case.countries]
    flows = case.flows.tocoo()
    for exporter, importer in sorted(zip(flows.row, flows.col, strict=True)):
        if traced.scale[exporter] < 1:
            found[importer].append(case.countries[exporter])
    return np.array(["|".join(names) for names in found], dtype=object)


def _divide(amounts: Floats, totals: Floats) -> Floats:
    return np.divide(amounts, totals, out=np.zeros_like(amounts), where=totals > 0)
