"""Figure 3 of the 2026 report against the long file: the same shares and reliance, except bounds.

The figure has one number per commodity, also where the chapter has "more than" or "net exporter";
the long file must keep the bound.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from sources.kit.contract import Parsed
from sources.usgs_mcs.parse import parse
from tests.sources.usgs_mcs.conftest import raw

#: Names of the figure with another spelling in the chapters.
CHAPTERS = {
    "graphite, natural": "graphite (natural)",
    "niobium": "niobium (columbium)",
    "phosphate, rock": "phosphate rock",
    "magnesium, compounds": "magnesium compounds",
    "magnesium, metal": "magnesium metal",
    "titanium, mineral concentrates": "titanium mineral concentrates",
    "nickel": "nickel, primary",
}
COUNTRIES = {
    "Other countries": "Other",
    "Other Countries": "Other",
    "Korea, Republic of": "Republic of Korea",
}
#: Commodities with different figures in the two places.
DIFFERING = {"titanium, mineral concentrates"}
#: Commodities whose chapter has a bound or a net exporter.
WITH_BOUND = {
    "barite",
    "beryllium",
    "boron",
    "germanium",
    "lithium",
    "magnesium, metal",
    "silicon",
    "tellurium",
    "tungsten",
    "zirconium, ores and concentrates",
}


@pytest.fixture(scope="module")
def edition(request: pytest.FixtureRequest) -> Parsed:
    folder: Path = request.getfixturevalue("shared_data") / "production" / "usgs_mcs" / "2026"
    name = "MCS2026_Commodities_Data.csv"
    return next(iter(parse([raw(name, (folder / name).read_bytes())])))


@pytest.fixture(scope="module")
def figure(request: pytest.FixtureRequest) -> dict[str, list[dict[str, str]]]:
    """Rows of the figure by commodity; those without any percentage have nothing to compare."""
    folder: Path = request.getfixturevalue("shared_data") / "production" / "usgs_mcs" / "2026"
    path = folder / "trends" / "MCS2026_Fig3_Major_Import_Sources.csv"
    found = defaultdict(list)
    with path.open(encoding="utf-8-sig") as file:
        for row in csv.DictReader(file):
            if row["Import_Source_2021_24"] != "NA":
                found[row["Commodity"].strip().lower()].append(row)
    return dict(found)


def chapter(commodity: str) -> tuple[str, str]:
    """The commodity of the long file, and the form that the figure names."""
    key = CHAPTERS.get(commodity, commodity)
    name, _, form = key.partition(", ")
    return name, form


def of_form(rows: list[dict[str, Any]], commodity: str) -> list[dict[str, Any]]:
    """The rows of the figure's form: the one it names, else all forms, else the only one."""
    name, form = chapter(commodity)
    mine = [row for row in rows if row["commodity_key"] == name]
    forms = sorted({row["detail"] for row in mine})
    named = [f for f in forms if form and form.split()[0] in f.lower()]
    whole = [f for f in forms if any(w in f.lower() for w in ("total", "all", "principal"))]
    chosen = (named or whole or forms)[:1]
    return [row for row in mine if row["detail"] in chosen]


def test_import_shares_are_those_of_the_long_file(
    edition: Parsed, figure: dict[str, list[dict[str, str]]]
) -> None:
    sources = edition.tables["import_sources"].to_pylist()
    differing = {}
    for commodity, rows in figure.items():
        printed = {row["Import_Source_2021_24"]: float(row["Percent"]) for row in rows}
        found = {
            COUNTRIES.get(row["country_name"], row["country_name"]): 100 * row["share_high"]
            for row in of_form(sources, commodity)
            if row["value_operator"] == "<"
        } | {
            COUNTRIES.get(row["country_name"], row["country_name"]): 100 * row["share"]
            for row in of_form(sources, commodity)
            if row["value_operator"] != "<"
        }
        if any(abs(found.get(country, -99.0) - share) > 0.5 for country, share in printed.items()):
            differing[commodity] = (printed, found)
    assert len(figure) == 40
    assert differing.keys() == DIFFERING, differing


def test_reliance_is_that_of_the_long_file_and_keeps_its_bounds(
    edition: Parsed, figure: dict[str, list[dict[str, str]]]
) -> None:
    salient = [
        row
        for row in edition.tables["salient"].to_pylist()
        if row["statistic"] == "net_import_reliance" and row["year"] == 2025
    ]
    with_bound, differing = set(), {}
    for commodity, rows in figure.items():
        (printed,) = {row["NIR"] for row in rows}
        (found,) = of_form(salient, commodity)[:1]
        # the figure prints a net exporter as zero; the file does not
        number = 0.0 if found["value_status"] == "net_exporter" else found["value"]
        if number is None or abs(number - float(printed)) > 0.5:
            differing[commodity] = (printed, found["value_text"])
        if found["value_operator"] != "=" or found["value_status"] == "net_exporter":
            with_bound.add(commodity)
            assert found["value_text"] != printed
    assert differing.keys() == DIFFERING, differing
    assert with_bound == WITH_BOUND
