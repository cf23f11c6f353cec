"""A seeded world of declarations of every kind, on top of the five-country world.

Invented values, drawn by one seed; countries, products and codes are real ones, so that the maps of
the project apply. Per flow both sides may declare, in one of the forms of `FORMS`; every reporter
adds the row of all partners (World); some re-file a year in another edition, partly in another
revision of the HS; some rows stand in two files.
"""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sources.kit.catalog import SourceSpec, catalog, find_source
from sources.kit.contract import Parsed
from sources.kit.tabular import add_lineage_columns
from tests.fixture_world import landing as five_countries
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage import landing
from warehouse.storage.bundled import land_bundle
from warehouse.storage.load_records import write_load_records_table, write_parameters

SEED = 20261130
FIRST, SECOND = date(2026, 4, 30), date(2026, 6, 30)
#: Years, and fourteen months: three windows of twelve. CEPII's figures are of 2024 and later.
PERIODS = (
    *("2023", "2024", "2025"),
    *(f"2025{month:02d}" for month in range(1, 13)), "202601", "202602",
)  # fmt: skip
#: What codes of countries and products are mapped by, and the declarations of two statistical
#: offices, of which one names some partners and sums up the members of the EU.
BUNDLES = ("un_hs", "cepii_geodist", "uk_hmrc", "us_census")
#: Of graphite, rare earths, gallium and others, baskets, and codes that a revision split or merged.
PRODUCTS = (
    "250410", "280530", "284690", "810520", "811292", "811231", "283691", "282520", "811010",
    "260500", "250490", "854231", "811212",
)  # fmt: skip
#: A year before any list of concern, of which CEPII's figures keep the largest suppliers alone.
TRUNCATED_YEAR = 2017
#: World, areas not specified, the EU as a group, Taiwan's two numbers and one that nobody knows.
ODD_PARTNERS = ("899", "97", "490", "158", "9998")
#: Columns that a declaration is broken down by, with what a total row has.
TOTAL = {"partner2_code": "0", "customs_code": "C00", "mos_code": "0", "mot_code": "0"}
#: How a declaration is filed, with its share of all.
FORMS: Mapping[str, float] = {
    "total": 0.62,  # one row
    "total_and_modes": 0.12,  # beside two rows by mode of transport
    "leaves": 0.08,  # rows by second partner and procedure without a total, one of them twice
    "two_finenesses": 0.03,  # the same in two breakdowns, of which the finer counts
    "lost_dimensions": 0.06,  # a total and a part, of a file that lost what tells them apart
    "equal_values": 0.05,  # two totals of one value, of which one has no weight
    "in_two_files": 0.04,
}


def land_world(paths: DataPaths, n_rows: int, seed: int = SEED) -> int:
    """Land the five-country world, the bundles that it is mapped by, and about `n_rows` declared
    rows; the number of the latter."""
    paths.working.mkdir(parents=True, exist_ok=True)
    five_countries.land_world(paths)
    for source_id in BUNDLES:
        land_bundle(find_source(source_id), paths)
    spec = find_source("un_comtrade")
    rows = declared_rows(n_rows, seed)
    for (name, edition), part in rows.groupby(["file", "edition"], sort=True):
        landing.land(spec, _partition(spec, str(name), edition, part), "manual", paths)
    baci = find_source("cepii_baci")
    landing.land(baci, _truncated_flows(baci, np.random.default_rng(seed)), "manual", paths)
    # a reporter that has filed a year without any row
    landing.land(spec, _partition(spec, "A2024/36", FIRST, rows.head(0)), "live", paths)
    write_load_records_table(paths, catalog())
    write_parameters(paths)
    return len(rows)


def declared_rows(n_rows: int, seed: int = SEED) -> pd.DataFrame:
    """Landed rows with the file and the edition (a day) they stand in."""
    rng = np.random.default_rng(seed)
    flows = _flows(rng, int(n_rows / 1.8))
    first = _filed(rng, flows)
    # some reporters' years come again with other values, a few in another revision of the HS
    again = first[(first["period"] == "2024") & first["reporter_code"].isin(_some(first, 3))]
    again = again.assign(
        edition=SECOND,
        file="file/second",
        primary_value_usd=(again["primary_value_usd"] * 1.05).round(3),
        declared_usd=(again["declared_usd"] * 1.05).round(3),
        classification_code=again["classification_code"].where(
            ~again["reporter_code"].isin(_some(first, 9)), "H6"
        ),
    )
    rows = pd.concat([first, _world_rows(rng, first), again, _world_rows(rng, again)])
    twice = rows[rows["form"] == "in_two_files"].assign(file="file/copy")
    return pd.concat([rows, twice], ignore_index=True)


def _flows(rng: np.random.Generator, n: int) -> pd.DataFrame:
    """Distinct exporter, importer, product and period with a true value; few traders have most."""
    codes = np.array(_country_codes()[:70])
    weights = 1 / np.arange(1, len(codes) + 1)
    weights /= weights.sum()
    flows = pd.DataFrame(
        {
            "exporter": rng.choice(codes, 3 * n, p=weights),
            "importer": rng.choice(codes, 3 * n, p=weights),
            "cmd_code": rng.choice(PRODUCTS, 3 * n),
            "period": rng.choice(PERIODS, 3 * n, p=[0.1] * 3 + [0.05] * 14),
        }
    ).drop_duplicates()
    # a few flows are re-imports
    flows = flows[(flows["exporter"] != flows["importer"]) | (rng.random(len(flows)) < 0.02)]
    flows = flows.head(n // 2).reset_index(drop=True)
    odd = rng.random(len(flows)) < 0.04
    flows["exporter"] = flows["exporter"].where(~odd, rng.choice(ODD_PARTNERS, len(flows)))
    flows["is_odd"] = odd
    flows["value"] = np.exp(rng.normal(11, 2.5, len(flows)))
    flows["price"] = np.exp(rng.normal(1.5, 1.0, len(flows)))
    return flows.drop_duplicates(["exporter", "importer", "cmd_code", "period"])


def _filed(rng: np.random.Generator, flows: pd.DataFrame) -> pd.DataFrame:
    exports = flows[~flows["is_odd"] & (rng.random(len(flows)) < 0.8)]
    imports = flows[rng.random(len(flows)) < 0.85]
    sides = []
    for side, code, mean in ((exports, "X", 0.0), (imports, "M", 0.06)):
        reporter, partner = ("exporter", "importer") if code == "X" else ("importer", "exporter")
        names = {reporter: "reporter_code", partner: "partner_code"}
        value = side["value"] * np.exp(rng.normal(mean, 0.4, len(side)))
        sides.append(side.rename(columns=names).assign(flow_code=code, value=value))
    declared = pd.concat(sides, ignore_index=True)
    declared["form"] = rng.choice(list(FORMS), len(declared), p=list(FORMS.values()))
    declared = _described(rng, declared)
    forms = [_in_form(str(form), part) for form, part in declared.groupby("form", sort=True)]
    return pd.concat(forms, ignore_index=True)


def _described(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """One total row per declaration, with its weight and its valuations in their many ways."""
    n, chance = len(rows), rng.random((3, len(rows)))
    value = rows["value"].round(3).where(rng.random(n) > 0.01, 0.0)
    kg = (rows["value"] / rows["price"] * np.exp(rng.normal(0, 0.2, n))).round(3)
    is_import = rows["flow_code"] == "M"
    cif = np.select([chance[0] < 0.5, chance[0] < 0.65], [value, value], np.nan)
    fob = np.select(
        [chance[0] < 0.5, chance[0] < 0.65, chance[0] < 0.85],
        [(value * 0.93).round(3), value, value],
        np.nan,
    )
    revision = rows["reporter_code"].map(_revision)
    return rows.assign(
        type_code=np.where(rng.random(n) < 0.01, "S", "C"),
        freq_code=np.where(rows["period"].str.len() == 4, "A", "M"),
        ref_year=rows["period"].str[:4].astype(int),
        ref_month=[int(p[4:]) if len(p) == 6 else 52 for p in rows["period"]],
        **TOTAL,
        classification_code=revision,
        qty_unit_code=np.where(chance[1] < 0.8, 8, 5),
        qty=kg,
        alt_qty_unit_code=np.where(chance[1] < 0.9, -1, 8),
        alt_qty=np.where(chance[1] < 0.9, 0.0, kg),
        net_wgt_kg=np.where(chance[2] < 0.75, kg, 0.0),
        is_net_wgt_estimated=chance[2] < 0.08,
        is_original_classification=True,
        cif_value_usd=np.where(is_import, cif, np.nan),
        fob_value_usd=np.where(is_import, fob, value),
        primary_value_usd=value,
        declared_usd=value,
        legacy_estimation_flag=0,
        has_dimensions=True,
        file="file/first", edition=FIRST,
    ).drop(columns=["value", "price", "is_odd"])  # fmt: skip


def _in_form(form: str, rows: pd.DataFrame) -> pd.DataFrame:
    match form:
        case "total_and_modes":
            modes = [("1000", 0.6), ("2100", 0.4)]
            return pd.concat([rows, *(_part(rows, share, mot_code=mode) for mode, share in modes)])
        case "leaves":
            leaf = _part(rows, 0.7, partner2_code="156", customs_code="C04")
            other = _part(rows, 0.3, partner2_code="842", customs_code="C01")
            return pd.concat([leaf, leaf, other])
        case "two_finenesses":
            finer = [_part(rows, 0.5, mot_code=mode, customs_code="C04") for mode in ("1000", "32")]
            coarser = [_part(rows, 0.6, mot_code="1000"), _part(rows, 0.3, mot_code="2100")]
            return pd.concat([*finer, *coarser])
        case "lost_dimensions":
            lost = rows.assign(has_dimensions=False, **dict.fromkeys(TOTAL))
            return pd.concat([lost, _part(lost, 0.8, form="part")])
        case "equal_values":
            return pd.concat([rows, rows.assign(net_wgt_kg=0.0, alt_qty=1.0)])
    return rows


def _part(rows: pd.DataFrame, share: float, **labels: str) -> pd.DataFrame:
    amounts = [
        "qty",
        "alt_qty",
        "net_wgt_kg",
        "cif_value_usd",
        "fob_value_usd",
        "primary_value_usd",
    ]
    return rows.assign(**{name: (rows[name] * share).round(3) for name in amounts}, **labels)


def _world_rows(rng: np.random.Generator, rows: pd.DataFrame) -> pd.DataFrame:
    """The row of all partners, which now and then is more than their sum."""
    keys = ["edition", "reporter_code", "flow_code", "classification_code", "cmd_code", "period"]
    declared = rows.drop_duplicates([*keys, "partner_code"])
    sums = declared.groupby(keys, as_index=False)["declared_usd"].sum()
    first = declared.drop_duplicates(keys).drop(columns=["declared_usd"])
    world = first.merge(sums, on=keys).assign(partner_code="0", form="total")
    for name, total in TOTAL.items():
        world[name] = world[name].mask(world["has_dimensions"], total)
    factor = rng.choice([1.0, 1.03, 1.3], len(world), p=[0.7, 0.2, 0.1])
    return world.assign(primary_value_usd=(world["declared_usd"] * factor).round(3))


def _truncated_flows(spec: SourceSpec, rng: np.random.Generator) -> Parsed:
    """CEPII's reconciled flows of one year and some codes: of each importer a few suppliers, of one
    no more than rounds to nothing, and of one only what it brings back."""
    traders = ("CHN", "USA", "DEU", "JPN", "KOR", "NLD", "GBR", "FRA", "IND", "CAN")
    flows = [
        (exporter, importer, product, round(float(np.exp(rng.normal(6, 2))), 3))
        for importer in traders[1:]
        for product in PRODUCTS[:6]
        for exporter in rng.permutation(traders)[: rng.integers(2, 8)]
        if exporter != importer
    ]
    flows += [
        ("CHN", "AUS", PRODUCTS[0], 0.0001),
        ("CHN", "DEU", PRODUCTS[6], 70.0),
        ("JPN", "JPN", PRODUCTS[6], 40.0),
    ]
    rows = [
        {
            "year": TRUNCATED_YEAR, "exporter_code": exporter, "importer_code": importer,
            "code_system": "iso3", "nomenclature": "HS2017", "product_code": product,
            "value_kusd": value, "quantity_t": None, "is_truncated": True,
        }
        for exporter, importer, product, value in flows
    ]  # fmt: skip
    edition, day = "V202601", five_countries.FIRST_BACI
    name = f"{edition}/HS17/{TRUNCATED_YEAR}"
    return five_countries.part(spec, edition, day, "flows", rows, name)


def _partition(spec: SourceSpec, name: str, edition: date, rows: pd.DataFrame) -> Parsed:
    declared = spec.tables["trade"]
    columns = rows[[column.name for column in declared.columns]]
    day = edition.isoformat()
    table: pa.Table = add_lineage_columns(
        columns, declared, edition=day, known_from_date=edition,
        payload_sha256=hashlib.sha256(name.encode()).hexdigest(),
        row_locator=[f"{name}:{n}" for n in range(1, len(columns) + 1)],
    )  # fmt: skip
    return Parsed(name, day, edition, "inferred", {"trade": table}, [])


def _country_codes() -> list[str]:
    """Comtrade's numbers, larger traders first as far as they are named here."""
    large = ["156", "842", "276", "392", "410", "528", "826", "251", "699", "124", "36", "76"]
    with (DBT_PROJECT / "seeds" / "reference" / "countries.csv").open(encoding="utf-8") as file:
        rows: list[dict[str, Any]] = list(csv.DictReader(file))
    others = [row["comtrade_code"] for row in rows if row["comtrade_code"].isdigit()]
    return [*large, *(code for code in others if code not in large)]


def _some(rows: pd.DataFrame, every: int) -> list[str]:
    return sorted(rows["reporter_code"].unique())[::every]


def _revision(reporter: str) -> str:
    """Most file in HS2017, a few in HS2022 or HS2012."""
    return {0: "H6", 1: "H6", 2: "H4"}.get(int(reporter) % 10, "H5")
