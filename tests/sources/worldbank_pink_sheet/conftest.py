"""A workbook like the Pink Sheet, and a fake World Bank that links it."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass, field

import openpyxl
import pytest

from tests.sources.fake_publisher import FakePublisher, Request, Response

WORKBOOK = "CMO-Historical-Data-Monthly.xlsx"


def workbook_bytes(stamp: str = "Updated on June 2, 2026") -> bytes:
    """The publisher's layout: names in the line above the units, months from the next line on."""
    book = openpyxl.Workbook()
    book.active.title = "AFOSHEET"
    sheet = book.create_sheet("Monthly Prices")
    for row in (
        ["World Bank Commodity Price Data (The Pink Sheet)"],
        ["monthly prices in nominal US dollars, 1960 to present"],
        [stamp],
        [],
        [None, "Copper", "Potassium chloride **", "Coal, Australian"],
        [None, "($/mt)", "($/mt)", "($/mt)"],
        ["2026M04", 9500.25, 300, "…"],
        ["2026M05", 9610.5, None, 101.5],
    ):
        sheet.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


@dataclass
class WorldBank(FakePublisher):
    """A page that links the workbook; `unlinked` is a page without the link."""

    workbook: bytes = field(default_factory=workbook_bytes)

    def respond(self, request: Request, fault: str) -> Response:
        if request.path.endswith(WORKBOOK):
            return Response(self.workbook, content_type="application/octet-stream")
        link = "" if fault == "unlinked" else f'<a href="/en/doc/1-0050012026/related/{WORKBOOK}">'
        return Response(f"<html>{link}</html>".encode(), content_type="text/html")


@pytest.fixture
def bank(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorldBank]:
    with WorldBank().serving() as bank:
        monkeypatch.setenv("PAX_PINK_SHEET_BASE_URL", bank.url)
        yield bank
