"""Two invented years of declarations on top of the five-country world; see `README.md`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sources.kit.catalog import SourceSpec, catalog
from sources.kit.contract import Parsed
from tests.fixture_world.figures import BASKET, GRAPHITE
from tests.fixture_world.landing import part
from warehouse.paths import DataPaths
from warehouse.storage.landing import land
from warehouse.storage.load_records import write_load_records_table, write_parameters

KNOWN_FROM = date(2026, 6, 1)
#: Comtrade's numbers; `WLD` is the row of all partners together.
NUMBERS = {"JPN": "392", "USA": "842", "CHN": "156", "CAN": "124", "DEU": "276"}


class Declaration(NamedTuple):
    """One declaration, thousand USD."""

    year: int
    reporter: str
    flow: str  # M or X
    partner: str
    kusd: float
    product: str = GRAPHITE


DECLARATIONS = (
    Declaration(2024, "JPN", "M", "CHN", 80),
    Declaration(2024, "JPN", "M", "CAN", 20),
    Declaration(2024, "USA", "M", "CHN", 100),
    Declaration(2024, "CHN", "X", "JPN", 80),
    Declaration(2024, "CHN", "X", "USA", 100),
    Declaration(2025, "JPN", "M", "CHN", 60),
    Declaration(2025, "JPN", "M", "CAN", 20),
    Declaration(2025, "JPN", "M", "DEU", 10),
    Declaration(2025, "JPN", "M", "USA", 10),
    Declaration(2025, "JPN", "M", "CHN", 30, BASKET),
    Declaration(2025, "JPN", "M", "DEU", 10, BASKET),
    Declaration(2025, "USA", "M", "CHN", 70),
    Declaration(2025, "USA", "M", "DEU", 30),
    Declaration(2025, "USA", "M", "JPN", 20),
    Declaration(2025, "USA", "M", "CHN", 10, BASKET),
    Declaration(2025, "USA", "M", "CAN", 20, BASKET),
    Declaration(2025, "CHN", "X", "JPN", 60),
    Declaration(2025, "CHN", "X", "USA", 70),
    Declaration(2025, "CHN", "X", "CAN", 40),
    Declaration(2025, "CHN", "X", "DEU", 30),
    Declaration(2025, "CHN", "X", "JPN", 30, BASKET),
    Declaration(2025, "CHN", "X", "USA", 10, BASKET),
)
#: The publisher's list of 2025: Canada has not filed, Germany has, and its rows have not landed.
LISTED = {"JPN": True, "USA": True, "CHN": True, "CAN": False, "DEU": True}


def land_declarations(paths: DataPaths) -> None:
    """Land them after `land_world`, in the same data directory."""
    specs = catalog()
    for parsed in _partitions(specs["un_comtrade"]):
        land(specs["un_comtrade"], parsed, "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths)


def _partitions(spec: SourceSpec) -> Iterator[Parsed]:
    edition = KNOWN_FROM.isoformat()
    rows = [declaration_row(declaration) for declaration in (*DECLARATIONS, *world_rows())]
    yield part(spec, edition, KNOWN_FROM, "trade", rows, "file/invented")
    listed = [
        {
            "reporter_code": NUMBERS[country],
            "freq_code": "A",
            "period": "2025",
            "classification_code": None,
            "publication_date": KNOWN_FROM if is_filed else None,
            "n_records": None,
            "is_filed": is_filed,
        }
        for country, is_filed in LISTED.items()
    ]
    yield part(spec, edition, KNOWN_FROM, "availability", listed, f"availability/A/{edition}")


def world_rows() -> Iterator[Declaration]:
    """The row of all partners together, as every reporter files it beside the partners."""
    totals: Counter[tuple[int, str, str, str]] = Counter()
    for year, reporter, flow, _, kusd, product in DECLARATIONS:
        totals[year, reporter, flow, product] += int(kusd)
    for (year, reporter, flow, product), kusd in totals.items():
        yield Declaration(year, reporter, flow, "WLD", kusd, product)


def declaration_row(declaration: Declaration) -> Mapping[str, Any]:
    """All values are free on board, so that two declarations of one flow are equal."""
    usd = declaration.kusd * 1000.0
    return {
        "type_code": "C",
        "freq_code": "A",
        "ref_year": declaration.year,
        "ref_month": 52,
        "period": str(declaration.year),
        "reporter_code": NUMBERS[declaration.reporter],
        "partner_code": {**NUMBERS, "WLD": "0"}[declaration.partner],
        "partner2_code": "0",
        "flow_code": declaration.flow,
        "classification_code": "H5",
        "cmd_code": declaration.product,
        "customs_code": "C00",
        "mos_code": "0",
        "mot_code": "0",
        "qty_unit_code": 8,
        "qty": usd / 2,
        "alt_qty_unit_code": None,
        "alt_qty": None,
        "net_wgt_kg": usd / 2,
        "is_net_wgt_estimated": False,
        "is_original_classification": True,
        "cif_value_usd": None,
        "fob_value_usd": usd,
        "primary_value_usd": usd,
        "legacy_estimation_flag": 0,
        "has_dimensions": True,
    }
