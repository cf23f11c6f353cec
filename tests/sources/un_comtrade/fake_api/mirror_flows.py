"""Thirty-two countries and two years by month: true flows and the declarations of both sides.

The small dataset declares exactly; here every reporter errs in ways that the reconciliation has to
handle. All is drawn from one seed, so that the truth of every flow is known.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

Floats = NDArray[np.float64]
CODES = {
    "USA": "842", "CHN": "156", "JPN": "392", "KOR": "410", "DEU": "276", "FRA": "251",
    "GBR": "826", "ITA": "380", "NLD": "528", "BEL": "56", "CAN": "124", "AUS": "36",
    "BRA": "76", "IND": "699", "MEX": "484", "ZAF": "710", "SGP": "702", "HKG": "344",
    "TWN": "490", "VNM": "704", "THA": "764", "MYS": "458", "IDN": "360", "CHL": "152",
    "PER": "604", "KAZ": "398", "TUR": "792", "POL": "616", "ESP": "724", "SWE": "752",
    "NOR": "579", "COD": "180",
}  # fmt: skip
NAMES = list(CODES)
#: HS2017 code -> typical USD per kilogram.
PRODUCTS = {
    "811292": 200.0, "284690": 10.0, "810520": 30.0, "740311": 9.0, "850511": 25.0, "260300": 1.5,
}  # fmt: skip
#: The parts of 811292 in HS2022, with their shares.
BASKET = "811292"
PARTS = {BASKET: 0.6, "811231": 0.25, "811241": 0.15}
IN_HS2022 = NAMES[::2]
KEY = ["reporter", "partner", "flowCode", "cmdCode", "period"]
TOTALS = {"partner2Code": "0", "customsCode": "C00", "motCode": "0"}
YEARS = (2024, 2025)
MONTHS = [f"{year}{month:02}" for year in YEARS for month in range(1, 13)]
#: Their customs value is FOB.
FOB_IMPORTERS = ("CAN", "AUS", "ZAF", "BRA")
#: Exporters name them as destination of re-exported goods, which they declare once more.
ENTREPOTS = ("HKG", "SGP")
#: Late reporters: on the first day their year 2025 and its months from July on are missing.
LATE = ("COD", "VNM")
#: A reporter that filed this month without any export.
NON_REPORTING, NON_REPORTING_MONTH = "KAZ", "202503"
FIRST, SECOND = date(2026, 3, 2), date(2026, 6, 1)


def freight_of(unit_value: Floats) -> Floats:
    """ln(CIF/FOB), which falls with the price per kilogram."""
    return np.asarray(np.clip(0.11 - 0.018 * np.log(unit_value), 0.0, None))


@dataclass(frozen=True)
class Mirrors:
    """Rows are exporter, importer, product; columns are months, the first one before 2024."""

    exporter: NDArray[np.intp]
    importer: NDArray[np.intp]
    product: NDArray[np.intp]
    truth: Floats
    exported: Floats
    imported: Floats
    price: Floats
    hidden: NDArray[np.bool_]


def draw(seed: int = 20261124) -> Mirrors:
    """Draw the flows of a seed."""
    rng = np.random.default_rng(seed)
    n, n_products, n_months = len(NAMES), len(PRODUCTS), len(MONTHS) + 1
    i, j, k = (axis.ravel() for axis in np.indices((n, n, n_products)))
    kept = (i != j) & (rng.random(i.size) < 0.35)
    i, j, k = i[kept], j[kept], k[kept]
    n_flows = i.size
    late = np.isin(i, [NAMES.index(x) for x in LATE])
    sells = rng.normal(0, 1.3, (n, n_products))[i, k] + np.where(late, 2.0, 0.0)
    size = 12.5 + sells + rng.normal(0, 0.8, n)[j] + rng.normal(0, 0.8, n_flows)
    seasons = rng.normal(0, 0.15, (n_products, 12))[k][:, (np.arange(n_months) - 1) % 12]
    drift = rng.normal(0.005, 0.01, n_flows)[:, None] * np.arange(n_months)
    truth = np.exp(size[:, None] + seasons + drift + rng.normal(0, 0.3, (n_flows, n_months)))

    def error(by_reporter: Floats) -> Floats:
        """An error factor, partly of the flow, partly of the month, with heavy tails."""
        log_error = (
            rng.standard_t(4, n_flows)[:, None] * 0.7 + rng.standard_t(4, (n_flows, n_months)) * 0.7
        )
        return np.asarray(np.exp(log_error / np.sqrt(2) * by_reporter[:, None]))

    x_error, m_error = (np.exp(rng.normal(np.log(0.12), 0.8, n)).clip(0.02, 0.8) for _ in "xm")
    x_error[[NAMES.index(x) for x in ENTREPOTS]] = 1.2
    exported = truth * error(x_error[i])
    # late shipments of a month are declared by the importer in the next one
    slow = rng.uniform(0, 0.4, (n, n))[i, j][:, None]
    arrived = truth * (1 - slow)
    arrived[:, 1:] += truth[:, :-1] * slow
    price = np.array(list(PRODUCTS.values()))[k]
    imported = arrived * error(m_error[j]) * np.exp(_cif(j, price))[:, None]
    # either side omits some flows always and others for a month
    for side in (exported, imported):
        side[rng.random(n_flows) < 0.07] = np.nan
        side[rng.random((n_flows, n_months)) < 0.03] = np.nan
    non_reporting = i == NAMES.index(NON_REPORTING)
    exported[non_reporting, MONTHS.index(NON_REPORTING_MONTH) + 1] = np.nan
    return Mirrors(i, j, k, truth, exported, imported, price, rng.random(n_flows) < 0.03)


def declarations(flows: Mirrors) -> pa.Table:
    """Both sides' rows of all months and of both years, in the columns of the API."""
    rng = np.random.default_rng(7)
    name = np.array(NAMES)
    i, j, k = name[flows.exporter], name[flows.importer], flows.product
    exported, arriving = flows.exported[:, 1:], flows.imported[:, 1:]
    # for one flow in twenty the exporter names an entrepôt as the destination
    via_entrepot = np.where(rng.random(i.size) < 0.05, rng.choice(ENTREPOTS, i.size), j)
    via_entrepot = np.where(np.isin(i, ENTREPOTS) | np.isin(j, ENTREPOTS), j, via_entrepot)
    passes = via_entrepot != j
    onward = exported[passes] * 1.1
    kg = 1 / flows.price[:, None]
    shown = np.where(flows.hidden, "NES", i)
    sides = [
        _side("X", i, via_entrepot, k, exported, exported * kg),
        _side("X", via_entrepot[passes], j[passes], k[passes], onward, onward * kg[passes]),
        _side(
            "M",
            j,
            shown,
            k,
            arriving,
            arriving * kg * np.exp(-_cif(flows.importer, flows.price))[:, None],
        ),
    ]
    return _as_filed(pd.concat(sides).groupby(KEY, as_index=False).sum())


def _cif(importer: NDArray[np.intp], price: Floats) -> Floats:
    declares_fob = np.isin(importer, [NAMES.index(x) for x in FOB_IMPORTERS])
    return np.where(declares_fob, 0.0, freight_of(price))


def _side(
    flow: str, reporter: Any, partner: Any, product: Any, value: Floats, kg: Floats
) -> pd.DataFrame:
    """One side's months and years; a year is the sum of its declared months."""
    periods = np.array([*MONTHS, *map(str, YEARS)])
    years = [slice(12 * n, 12 * n + 12) for n in range(len(YEARS))]
    value, kg = (
        np.column_stack([x, *(np.nansum(x[:, of], axis=1) for of in years)]) for x in (value, kg)
    )
    cell, period = np.nonzero(value > 0)  # an undeclared flow has no row, not a zero
    return pd.DataFrame(
        {
            "reporter": reporter[cell],
            "partner": partner[cell],
            "flowCode": flow,
            "cmdCode": np.array(list(PRODUCTS))[product[cell]],
            "period": periods[period],
            "value": value[cell, period],
            "kg": kg[cell, period] * np.exp(np.random.default_rng(3).normal(0, 0.03, cell.size)),
        }
    )


def _as_filed(flows: pd.DataFrame) -> pa.Table:
    """Rows in the columns of the API; every second reporter declares the parts of HS2022."""
    flows["classificationCode"] = np.where(flows["reporter"].isin(IN_HS2022), "H6", "H5")
    apart = (flows["classificationCode"] == "H6") & (flows["cmdCode"] == BASKET)
    parts = [
        flows[apart].assign(cmdCode=code, value=flows["value"] * share, kg=flows["kg"] * share)
        for code, share in PARTS.items()
    ]
    filed = pd.concat([flows[~apart], *parts]).sort_values(KEY, ignore_index=True)
    value = filed["value"].round(2)
    is_fob = (filed["flowCode"] == "X") | filed["reporter"].isin(FOB_IMPORTERS)
    numbers = CODES | {"NES": "899"}
    return pa.table(
        {
            "reporterCode": filed["reporter"].map(numbers),
            "partnerCode": filed["partner"].map(numbers),
            **{name: filed[name] for name in ("flowCode", "cmdCode", "period")},
            "classificationCode": filed["classificationCode"],
            **{name: [total] * len(filed) for name, total in TOTALS.items()},
            "netWgt": filed["kg"].round(3),
            "cifvalue": value.where(~is_fob),
            "fobvalue": value.where(is_fob),
            "primaryValue": value,
        }
    )
