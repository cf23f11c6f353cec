"""The bundled selection of BACI: products and importers in scope, other importers summed to ROW."""

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
SELECTION = Path(__file__).with_name("selection.yml")


def select_bundle(parsed: Iterable[Parsed]) -> Iterator[Parsed]:
    """The bundle's partitions, with value in whole thousand USD.

    An exporter's total of a product and year stays exact to half a thousand USD: importers
    left out are summed into `ROW`, and rounding is by largest remainder within the exporter.
    Needs CEPII's list of countries among the files, since the layouts code countries
    differently.
    """
    rules = yaml.safe_load(SELECTION.read_text(encoding="utf-8"))
    everything = list(parsed)
    wanted = [p for p in everything if "flows" in p.tables and _is_wanted(p, rules)]
    to_iso3 = _iso3_by_code(everything, rules)
    frames = {p.partition: _frame(p, rules, to_iso3) for p in wanted}
    importers = importers_by_product(pd.concat(frames.values()), rules)
    for p in sorted(wanted, key=lambda x: x.partition):
        yield _selected(p, frames[p.partition], importers)
    used = {to_iso3.get(code) for f in frames.values() for code in f["exporter_code"].unique()}
    used.update(iso3 for f in frames.values() for iso3 in f["importer_iso3"].dropna().unique())
    yield from (_used_countries(p, used) for p in everything if "countries" in p.tables)


def _is_wanted(parsed: Parsed, rules: dict[str, Any]) -> bool:
    first = parsed.tables["flows"].slice(0, 1).to_pylist()[0]
    nomenclature: bool = first["nomenclature"] == rules["nomenclature"]
    return nomenclature and first["year"] >= rules["first_year"]


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


def _frame(parsed: Parsed, rules: dict[str, Any], to_iso3: dict[str, str]) -> pd.DataFrame:
    flows = parsed.tables["flows"].to_pandas()
    flows = flows[flows["product_code"].isin(rules["products"])]
    return flows.assign(importer_iso3=flows["importer_code"].map(to_iso3))


def importers_by_product(flows: pd.DataFrame, rules: dict[str, Any]) -> dict[str, set[str]]:
    """The importers (CEPII's alpha-3) that keep rows of their own, per product."""
    always = {*rules["parties"], *rules["also"]}
    others = flows[~flows["importer_iso3"].isin(always)]
    totals = others.groupby(["product_code", "importer_iso3"])["value_kusd"].sum().reset_index()
    # ties are broken by code, so that the result is reproducible
    ranked = totals.sort_values(
        ["product_code", "value_kusd", "importer_iso3"], ascending=[True, False, True]
    )
    largest = ranked.groupby("product_code").head(rules["n_other_importers"])
    chosen = largest.groupby("product_code")["importer_iso3"].agg(set).to_dict()
    return {product: always | chosen.get(product, set()) for product in rules["products"]}


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
