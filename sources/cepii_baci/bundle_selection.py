"""The bundled selection of BACI: slices by nomenclature, each with its products and importers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import yaml

from sources.cepii_baci.parse import SOURCE
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import SourceError
from sources.kit.rounding import round_within
from sources.kit.tabular import add_lineage_columns

ROW = "ROW"
ALL = "all"
SELECTION = Path(__file__).with_name("selection.yml")


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """The bundle's partitions, one slice per nomenclature of `selection.yml`. A slice with
    `importers: all` has every flow with CEPII's own value and tonnes. In the others importers left
    out are summed into `ROW` and values are in whole thousand USD, rounded by largest remainder
    within the exporter, so that an exporter's total of a product and year stays exact to half a
    thousand USD. Needs CEPII's list of countries among the files, since the layouts code countries
    differently.
    """
    rules = yaml.safe_load(SELECTION.read_text(encoding="utf-8"))
    everything = list(parsed)
    to_iso3 = _iso3_by_code(everything, rules)
    used: set[str | None] = set()
    for chosen in rules["slices"]:
        wanted = [p for p in everything if "flows" in p.tables and _is_wanted(p, chosen)]
        for selected in _select_slice(wanted, chosen, to_iso3):
            flows = selected.tables["flows"]
            for column in ("exporter_code", "importer_code"):
                used.update(to_iso3.get(code) for code in flows[column].unique().to_pylist())
            yield selected
    yield from (_used_countries(p, used) for p in everything if "countries" in p.tables)


def _select_slice(
    wanted: Iterable[Parsed], chosen: dict[str, Any], to_iso3: dict[str, str]
) -> Iterator[Parsed]:
    ordered = sorted(wanted, key=lambda p: p.partition)
    if chosen["importers"] == ALL:
        for p in ordered:
            yield replace(p, tables={"flows": _products_of(p, chosen)})
        return
    frames = {p.partition: _frame(p, chosen, to_iso3) for p in ordered}
    if frames:
        importers = importers_by_product(pd.concat(frames.values()), chosen)
        for p in ordered:
            yield _selected(p, frames[p.partition], importers)


def _is_wanted(parsed: Parsed, chosen: dict[str, Any]) -> bool:
    first = parsed.tables["flows"].slice(0, 1).to_pylist()[0]
    nomenclature: bool = first["nomenclature"] == chosen["nomenclature"]
    return nomenclature and first["year"] >= chosen["first_year"]


def _products_of(parsed: Parsed, chosen: dict[str, Any]) -> pa.Table:
    flows = parsed.tables["flows"]
    if chosen["products"] == ALL:
        return flows
    return flows.filter(pc.is_in(flows["product_code"], value_set=pa.array(chosen["products"])))


def _iso3_by_code(parsed: Iterable[Parsed], rules: dict[str, Any]) -> dict[str, str]:
    """Map CEPII's numeric, alpha-2 and alpha-3 codes to its alpha-3 codes."""
    lists = [p.tables["countries"] for p in parsed if "countries" in p.tables]
    if not lists:
        raise SourceError(
            SOURCE,
            "the selection needs CEPII's list of countries",
            remedy="give country_codes_V??????.csv of the same edition among the files",
        )
    codes: dict[str, str] = dict(rules["extra_iso2"])
    for row in lists[-1].to_pylist():
        for code in (row["country_code"], row["country_iso2"], row["country_iso3"]):
            if code:
                # CEPII uses some alpha-2 codes twice (historical unions): the first is current
                codes.setdefault(code, row["country_iso3"])
    return codes


def _frame(parsed: Parsed, chosen: dict[str, Any], to_iso3: dict[str, str]) -> pd.DataFrame:
    flows = _products_of(parsed, chosen).to_pandas()
    return flows.assign(importer_iso3=flows["importer_code"].map(to_iso3))


def importers_by_product(flows: pd.DataFrame, chosen: dict[str, Any]) -> dict[str, set[str]]:
    """The importers (CEPII's alpha-3) that keep rows of their own, per product of a slice."""
    rules = chosen["importers"]
    always = {*rules["parties"], *rules["also"]}
    others = flows[~flows["importer_iso3"].isin(always)]
    totals = others.groupby(["product_code", "importer_iso3"])["value_kusd"].sum().reset_index()
    # ties are broken by code, so that the result is reproducible
    ranked = totals.sort_values(
        ["product_code", "value_kusd", "importer_iso3"], ascending=[True, False, True]
    )
    largest = ranked.groupby("product_code").head(rules["n_other_importers"])
    added = largest.groupby("product_code")["importer_iso3"].agg(set).to_dict()
    products = flows["product_code"].unique()
    return {product: always | added.get(product, set()) for product in products}


def _selected(parsed: Parsed, flows: pd.DataFrame, importers: dict[str, set[str]]) -> Parsed:
    keeps = np.array(
        [
            importer in importers[product]
            for importer, product in zip(flows["importer_iso3"], flows["product_code"], strict=True)
        ]
    )
    flows = flows.assign(importer_code=flows["importer_code"].where(keeps, ROW))
    keys = ["product_code", "exporter_code", "importer_code"]
    grouped = flows.groupby(keys, as_index=False, sort=True).agg(
        value_kusd=("value_kusd", "sum"),
        quantity_t=("quantity_t", lambda q: q.sum(min_count=1)),
        n_rows=("row_locator", "size"),
        row_locator=("row_locator", "first"),
    )
    grouped["value_kusd"] = round_within(
        grouped, "value_kusd", ["product_code", "exporter_code"], ["importer_code"]
    )
    is_sum = grouped["importer_code"] == ROW
    grouped["row_locator"] = grouped["row_locator"].where(
        ~is_sum, "sum of " + grouped["n_rows"].astype(str) + " rows"
    )
    same = flows.iloc[0]
    constants = ("year", "code_system", "nomenclature", "is_truncated")
    columns = grouped.assign(**{name: same[name] for name in constants})
    spec = find_source(SOURCE).tables["flows"]
    table = add_lineage_columns(
        pa.Table.from_pandas(columns[[c.name for c in spec.columns]], preserve_index=False),
        spec,
        edition=parsed.edition,
        known_from_date=parsed.known_from_date,
        payload_sha256=str(same["payload_sha256"]),
        row_locator=grouped["row_locator"].tolist(),
    )
    return Parsed(
        partition=parsed.partition,
        edition=parsed.edition,
        known_from_date=parsed.known_from_date,
        known_from_basis=parsed.known_from_basis,
        tables={"flows": table},
        files=parsed.files,
    )


def _used_countries(parsed: Parsed, used: set[str | None]) -> Parsed:
    table = parsed.tables["countries"]
    rows = table.filter(
        pc.is_in(table["country_iso3"], value_set=pa.array(sorted(filter(None, used))))
    )
    return replace(parsed, tables={"countries": rows})
