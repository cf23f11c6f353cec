"""The methods on Arrow tables: many cases at once, with the reason where there is no result.

A case is what the columns of `key` identify, such as entity, material, stage and year. The columns
of `key` are copied to the result; its rows are sorted by them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.statistics.supply_risk import concentration as c
from warehouse.statistics.supply_risk import eu_method, n_minus
from warehouse.statistics.supply_risk.geopolrisk import geopolrisk, geopolrisk_netted

Rows = dict[str, npt.NDArray[Any]]

EU_INPUTS = (
    "hhi_wgi_t_global", "hhi_wgi_t_sourcing", "import_reliance_share", "eol_rir_share", "si_sr",
)  # fmt: skip
#: Inputs that a rule of `supply_used` does not need.
_UNUSED = {
    "global_and_sourcing": (),
    "global_only": ("hhi_wgi_t_sourcing", "import_reliance_share"),
    "sourcing_only": ("hhi_wgi_t_global", "import_reliance_share"),
}


def governance_hhi(shares: pa.Table, key: Sequence[str]) -> pa.Table:
    """The HHI of each case, plain and weighted by governance: the variants of M3.

    Args:
        shares: one row per case and supplier: `share` (0 to 1), `wgi_pv` and `wgi_avg6` (standard
            normal units, null where there is none) and, if the EU's variant with trade factors is
            wanted, `trade_factor` (1 is neutral).
    Returns:
        `hhi`; `hhi_wgi_pv` and `hhi_wgi_avg6` (0 to 1); `hhi_eu` and `hhi_eu_trade` (0 to 10, by
        all six dimensions); the same two as `hhi_wgi_pv_default` and `hhi_wgi_avg6_default` with
        0.5 for suppliers without an estimate; `n_missing_wgi`; `null_reason` (missing_share or
        missing_governance) where a variant without a default is null.
    Raises:
        ValueError: shares outside 0 to 1.
    Source: spec/methods.md M3.
    """
    out = []
    for case, rows in _cases(shares, key):
        share = rows["share"]
        pv, avg6 = c.instability(rows["wgi_pv"]), c.instability(rows["wgi_avg6"])
        factor = rows.get("trade_factor")
        missing = (np.isnan(pv) | np.isnan(avg6)) & (share != 0)
        default = c.DEFAULT_INSTABILITY
        found = case | {
            "hhi": c.herfindahl(share),
            "hhi_wgi_pv": c.weighted_herfindahl(share, pv),
            "hhi_wgi_avg6": c.weighted_herfindahl(share, avg6),
            "hhi_wgi_pv_default": c.weighted_herfindahl(share, _filled(pv, default)),
            "hhi_wgi_avg6_default": c.weighted_herfindahl(share, _filled(avg6, default)),
            "hhi_eu": c.weighted_herfindahl(share, 10 * avg6),
            "hhi_eu_trade": np.nan
            if factor is None
            else c.weighted_herfindahl(share, 10 * avg6, factor),
            "n_missing_wgi": int(missing.sum()),
            "null_reason": "missing_share"
            if np.isnan(share).any()
            else "missing_governance"
            if missing.any()
            else None,
        }
        out.append(found)
    floats = [
        "hhi", "hhi_wgi_pv", "hhi_wgi_avg6", "hhi_wgi_pv_default", "hhi_wgi_avg6_default",
        "hhi_eu", "hhi_eu_trade",
    ]  # fmt: skip
    return _table(out, shares, key, floats, n_missing_wgi=pa.int64(), null_reason=pa.string())


def eu_supply_risk(cases: pa.Table, key: Sequence[str]) -> pa.Table:
    """Supply risk by the EU's method, one row per case (`eu_method.supply_risk`).

    Args:
        cases: one row per case: `EU_INPUTS` (null where unknown) and, if not all use both
            supplies, `supply_used` (`eu_method.SupplyUsed`).
    Returns:
        the inputs, `supply_risk`, and `null_reason`: the first missing input as `missing_<input>`.
    Raises:
        ValueError: an input is outside its range.
    Source: spec/methods.md M6.
    """
    data = {name: _floats(cases[name]) for name in EU_INPUTS}
    used = (
        cases["supply_used"].to_pylist()
        if "supply_used" in cases.column_names
        else ["global_and_sourcing"] * cases.num_rows
    )
    # an empty list of cases has no rule to look at
    risk = np.empty(0, np.float64)
    if used:
        gs, eus, ir, rir, si = (data[name] for name in EU_INPUTS)
        risk = eu_method.supply_risk(gs, eus, ir, rir, si, used)
    reasons = [
        next(
            (
                f"missing_{name}"
                for name in EU_INPUTS
                if np.isnan(data[name][i]) and name not in _UNUSED[used[i]]
            ),
            None,
        )
        for i in range(cases.num_rows)
    ]
    return (
        cases.append_column("supply_risk", pa.array(risk, pa.float64(), from_pandas=True))
        .append_column("null_reason", pa.array(reasons, pa.string()))
        .sort_by([(name, "ascending") for name in key])
    )


def economic_importance(uses: pa.Table, key: Sequence[str]) -> pa.Table:
    """Economic importance of each case by the EU's method (`eu_method.economic_importance`).

    Args:
        uses: one row per case and use: `use_share` (0 to 1), `value_added` of its sector and
            `largest_value_added` (one currency), and the case's `si_ei` (0 to 1).
    Returns:
        `economic_importance` (0 to 10) and `null_reason`: missing_si_ei, missing_use_share or
        missing_value_added.
    Raises:
        ValueError: shares add up to more than 1.05, or the largest value added is not positive.
    Source: spec/methods.md M6.
    """
    out = []
    for case, rows in _cases(uses, key):
        share, added, index = rows["use_share"], rows["value_added"], float(rows["si_ei"][0])
        largest = float(rows["largest_value_added"][0])
        reason = None
        if np.isnan(share).any():
            reason = "missing_use_share"
        elif np.isnan(added).any():
            reason = "missing_value_added"
        elif np.isnan(index):
            reason = "missing_si_ei"
        value = eu_method.economic_importance(share, added, index, largest)
        out.append(case | {"economic_importance": value, "null_reason": reason})
    return _table(out, uses, key, ["economic_importance"], null_reason=pa.string())


def geopolrisk_scores(
    imports: pa.Table, production: pa.Table, importers: pa.Table, key: Sequence[str]
) -> pa.Table:
    """GeoPolRisk of each case in its published form and netted, two rows per case.

    Args:
        imports: one row per case and supplier: `import_quantity` (t), `instability` (0 to 1, null
            where there is none) and, for blocs, `is_intra_bloc`. The published form gives members
            an instability of 0.
        production: one row per case and producing country of the world: `production_quantity` (t).
        importers: one row per case: `domestic_production` (t), `price` (thousand USD per tonne,
            null where unknown) and `is_same_basis` (production and imports counted alike).
    Returns:
        `variant` (geopolrisk_lib, geopolrisk_netted), `hhi_production`, `import_risk`, `score`,
        `characterization_factor` (kg Cu-eq per kg), `null_reason`. With `is_same_basis` false the
        ratio has no meaning: null, basis_mismatch.
    Raises:
        ValueError: a figure is outside its range.
    Source: spec/methods.md M8.
    """
    flows, produced = dict(_by_case(imports, key)), dict(_by_case(production, key))
    none = np.empty(0, np.float64)
    out = []
    for case, one in _cases(importers, key):
        at = tuple(case.values())
        rows = flows.get(at, {})
        f = rows.get("import_quantity", none)
        g = rows.get("instability", none)
        inner = np.asarray(rows.get("is_intra_bloc", np.zeros(f.shape)), dtype=bool)
        made = produced.get(at, {}).get("production_quantity", none)
        own, price = float(one["domestic_production"][0]), float(one["price"][0])
        is_same = bool(one["is_same_basis"][0]) if "is_same_basis" in one else True
        for variant, result in (
            ("geopolrisk_lib", geopolrisk(f, np.where(inner, 0.0, g), made, own, price)),
            ("geopolrisk_netted", geopolrisk_netted(f, g, inner, made, own, price)),
        ):
            out.append(
                case
                | {
                    "variant": variant,
                    "hhi_production": result.hhi_production,
                    "import_risk": result.import_risk if is_same else np.nan,
                    "score": result.score if is_same else np.nan,
                    "characterization_factor": result.characterization_factor
                    if is_same
                    else np.nan,
                    "null_reason": result.null_reason if is_same else "basis_mismatch",
                }
            )
    floats = ["hhi_production", "import_risk", "score", "characterization_factor"]
    return _table(out, importers, key, floats, variant=pa.string(), null_reason=pa.string())


def n_minus_scores(supply: pa.Table, key: Sequence[str], n: int = 1) -> pa.Table:
    """N-1 (or N-2, …) of each case: supply that is left, and the balance form.

    Args:
        supply: one row per case and supplier: `supplier_id`, `supply`, `own_use` (both on one
            basis; own_use null where unknown) and, if buckets are among them, `is_named`.
        n: how many of the largest stop.
    Returns:
        `removed_ids` (joined by |), `n_minus_supply`, `n_minus_balance` over the use of everybody,
        which is taken to equal the supply of the year, and `null_reason` of the balance
        (missing_supply, no_supply, missing_own_use, nobody_else_uses).
    Source: spec/methods.md M13.
    """
    out = []
    for case, rows in _cases(supply, key):
        made, use = rows["supply"], rows.get("own_use", np.full(rows["supply"].shape, np.nan))
        named = rows.get("is_named")
        removed = n_minus.largest_suppliers(made, n, named)
        balance = n_minus.n_minus_balance(made, use, removed, float(made.sum()))
        reason = None
        if np.isnan(made).any():
            reason = "missing_supply"
        elif made.sum() == 0:
            reason = "no_supply"
        elif np.isnan(use[removed]).any():
            reason = "missing_own_use"
        elif np.isnan(balance):
            reason = "nobody_else_uses"
        out.append(
            case
            | {
                "removed_ids": "|".join(sorted(map(str, rows["supplier_id"][removed]))),
                "n_minus_supply": n_minus.n_minus_supply(made, removed),
                "n_minus_balance": balance,
                "null_reason": reason,
            }
        )
    floats = ["n_minus_supply", "n_minus_balance"]
    return _table(out, supply, key, floats, removed_ids=pa.string(), null_reason=pa.string())


def _filled(weight: c.Floats, default: float) -> c.Floats:
    return np.where(np.isnan(weight), default, weight)


def _floats(column: pa.ChunkedArray) -> c.Floats:
    values: c.Floats = pc.fill_null(column.cast(pa.float64()), float("nan")).to_numpy()
    return values


def _cases(table: pa.Table, key: Sequence[str]) -> Iterator[tuple[dict[str, Any], Rows]]:
    for at, rows in _by_case(table, key):
        yield dict(zip(key, at, strict=True)), rows


def _by_case(table: pa.Table, key: Sequence[str]) -> Iterator[tuple[tuple[Any, ...], Rows]]:
    """The rows of each case as arrays by column; numbers are doubles, null is NaN.

    Rows are sorted by all columns: sums of doubles differ in the last bit with their order.
    """
    if not table.num_rows:
        return
    others = [name for name in table.column_names if name not in key]
    table = table.sort_by([(name, "ascending") for name in (*key, *others)])
    keys = list(zip(*(table[name].to_pylist() for name in key), strict=True))
    columns: Rows = {}
    for name in table.column_names:
        if name not in key:
            kind = table[name].type
            is_number = pa.types.is_floating(kind) or pa.types.is_integer(kind)
            columns[name] = (
                _floats(table[name])
                if is_number or pa.types.is_decimal(kind) or pa.types.is_null(kind)
                else table[name].to_numpy(zero_copy_only=False)
            )
    starts = [i for i, at in enumerate(keys) if i == 0 or at != keys[i - 1]]
    for start, end in zip(starts, [*starts[1:], len(keys)], strict=True):
        yield keys[start], {name: values[start:end] for name, values in columns.items()}


def _table(
    rows: list[dict[str, Any]],
    like: pa.Table,
    key: Sequence[str],
    floats: Sequence[str],
    **others: pa.DataType,
) -> pa.Table:
    fields = [pa.field(name, like.schema.field(name).type) for name in key]
    fields += [pa.field(name, pa.float64()) for name in floats]
    fields += [pa.field(name, kind) for name, kind in others.items()]
    return pa.table(
        {f.name: pa.array([row[f.name] for row in rows], f.type, from_pandas=True) for f in fields}
    )
