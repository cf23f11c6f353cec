"""A fake OGC API with invented figures in the publisher's layout, and its faults."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sources.fake_publisher import FakePublisher, Request, Response

NAMES = (
    "x", "y", "country_trans", "country_iso2_code", "country_iso3_code", "bgs_statistic_type_trans",
    "bgs_commodity_code", "bgs_commodity_trans", "bgs_sub_commodity_trans", "erml_sub_commodity",
    "year", "quantity", "units", "quantity_in_book_style", "data_precision_description",
    "sdmx_code", "sdmx_translation", "concat_table_notes_text", "concat_figure_notes_code",
    "concat_figure_notes_text",
)  # fmt: skip


def record(
    commodity: str, country: str, codes: str, year: int, quantity: object, **more: Any
) -> Any:
    """One record; `codes` are iso2/iso3."""
    iso2, iso3 = codes.split("/")
    given = {
        "country_trans": country, "country_iso2_code": iso2, "country_iso3_code": iso3,
        "bgs_statistic_type_trans": "Production", "bgs_commodity_code": 1,
        "bgs_commodity_trans": commodity, "year": f"{year}-01-01T00:00:00Z", "quantity": quantity,
        "units": "tonnes (metric)", "quantity_in_book_style": str(quantity), "sdmx_code": "A",
    }  # fmt: skip
    return dict.fromkeys(NAMES) | given | more


NIL = {"quantity_in_book_style": "-----", "data_precision_description": "Nil (nothing produced)"}
ABSENT = {"quantity_in_book_style": "...", "sdmx_code": "O",
          "data_precision_description": "Figures not available"}  # fmt: skip
TRACE = {"sdmx_code": "N", "quantity_in_book_style": "0",
         "data_precision_description": "Quantity is more than 0 but less than 0.5"}  # fmt: skip
SUB = "bgs_sub_commodity_trans"
#: Invented figures; the codes of Congo, Zaire and Kosovo are wrong as in the publisher's.
RECORDS = [
    record("cobalt, mine", "Congo", "CG/COD", 2023, 11, concat_figure_notes_code="a|*"),
    record("cobalt, mine", "Congo, Democratic Republic", "CD/COD", 2023, 70_001),
    record("cobalt, mine", "Zaire", "ZR/ZAR", 1991, 40, concat_figure_notes_code="#"),
    record("cobalt, mine", "Kosovo", "XK/1A0", 2023, 0, **NIL),
    record("cobalt, mine", "Canada", "CA/CAN", 2023, None, **ABSENT),
    record("cobalt, mine", "Finland", "FI/FIN", 2023, 0, **TRACE),
    record("lithium minerals", "Australia", "AU/AUS", 2022, 9_000, **{SUB: "Spodumene"}),
    record("lithium minerals", "Australia", "AU/AUS", 2022, 300, **{SUB: "Spodumene (Li content)"}),
    record("lithium minerals", "Australia", "AU/AUS", 2022, 7,
           concat_figure_notes_text="Hydroxide.", **{SUB: "Lithium minerals (Li content)"}),
    record("lithium minerals", "Argentina", "AR/ARG", 2022, 60,
           **{SUB: "Lithium minerals (Carbonate -Li content)"}),
    record("lithium minerals", "Argentina", "AR/ARG", 2022, 8,
           **{SUB: "Lithium minerals (Chloride -Li content)"}),
    record("gallium, primary", "China", "CN/CHN", 2022, 5_000, units="kilograms (metal content)"),
]  # fmt: skip


def as_csv(records: list[Any], order: tuple[str, ...] = NAMES) -> bytes:
    text = io.StringIO()
    writer = csv.DictWriter(text, order)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


class Survey(FakePublisher):
    """Pages of `RECORDS`; `grown` and `short` are wrong totals."""

    def respond(self, request: Request, fault: str) -> Response:
        assert request.path == "/collections/world-mineral-statistics/items"
        offset, limit = int(request.query["offset"]), int(request.query["limit"])
        page = RECORDS[offset : offset + limit]
        if request.query["f"] == "csv":
            return Response(as_csv(page), 200, "text/csv")
        body = {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": one} for one in page],
            "numberMatched": len(RECORDS) + (fault == "grown"),
            "numberReturned": len(page) + (fault == "short"),
        }
        return Response(json.dumps(body).encode())


@pytest.fixture
def survey(monkeypatch: pytest.MonkeyPatch) -> Iterator[Survey]:
    with Survey().serving() as survey:
        monkeypatch.setenv("PAX_BGS_BASE_URL", survey.url)
        monkeypatch.setenv("PAX_BGS_PER_PAGE", "4")
        yield survey
