"""The pages of the bundled release: each number in a page is that of its query on the release."""

from __future__ import annotations

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.browser import in_chromium, page_requests
from tests.orchestration.conftest import FinishedRun
from warehouse.release.manifest import read_manifest
from warehouse.report.build import QUERY_MARTS, run_query
from warehouse.report.pages import PAGES, Page, query_of
from warehouse.storage.read_only import reading

pytestmark = pytest.mark.xdist_group("whole_run")

Rows = list[dict[str, Any]]
KEYS = {
    "partner": "DEU", "material": "rare_earths", "ai_stack": "USA", "policy": None,
    "what_if": "chn_graphite", "quality": None,
}  # fmt: skip


def rows_of(run: FinishedRun, page: Page) -> dict[str, Rows]:
    """The rows of each block for the page's tested key, straight from the release."""
    folder = run.paths.current.resolve()
    manifest = read_manifest(folder)
    assert manifest is not None
    key = KEYS[page.name]
    with reading(folder / "pax_silica.duckdb") as connection:
        query = query_of(connection, manifest)
        return {
            block.query: [
                row for row in query(block.query) if key is None or row.get("key", key) == key
            ]
            for block in page.blocks
        }


def body_of(dom: str, query: str) -> list[list[str]]:
    """The cells of a block's table as the browser shows them."""
    block = query.replace("_", "-")
    body = dom.split(f'id="{block}-body">')[1].split("</tbody>")[0]
    return [
        [
            html.unescape(re.sub(r"<[^>]+>", "", cell))
            for cell in re.findall(r"<t[hd].*?</t[hd]>", row)
        ]
        for row in body.split("</tr>")[:-1]
    ]


def as_shown(name: str, value: float) -> float:
    """A number as the page writes it: shares in per cent, money in whole dollars."""
    if "share" in name:
        return round(value * 100, 1)
    return round(value, 0 if "_usd" in name else 2)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_shows_the_numbers_of_the_release(
    whole_run: FinishedRun, tmp_path: Path, page: Page
) -> None:
    path = whole_run.paths.current.resolve() / "report" / f"{page.name}.html"
    assert path.stat().st_size < 2_000_000
    key = KEYS[page.name]
    # a deep link: the address names the choice
    link = tmp_path / "link.html"
    link.write_text(path.read_text(encoding="utf-8"), encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, link, fragment=f"key={key}" if key else "")
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log, [line for line in log.splitlines() if "CONSOLE" in line]
    assert page_requests(net) == []
    n_numbers = 0
    for query, rows in rows_of(whole_run, page).items():
        shown = body_of(dom, query) if rows else []
        assert len(shown) == len(rows), query
        for row, cells in zip(rows, shown, strict=True):
            visible = [n for n in row if n not in ("key", "is_partial", "is_basket")]
            assert len(cells) == len(visible)
            for name, cell in zip(visible, cells, strict=True):
                value = row[name]
                if isinstance(value, bool):
                    assert cell == ("yes" if value else "no")
                elif isinstance(value, int | float):
                    number = float(cell.replace(",", "").removesuffix(" %"))
                    assert number == pytest.approx(as_shown(name, value), abs=0.1001), (query, name)
                    n_numbers += 1
                elif value is None:
                    # missing is never a number
                    assert cell in ("–", "no number"), (query, name, cell)
    assert n_numbers > 20


def test_pages_name_their_publishers(whole_run: FinishedRun) -> None:
    folder = whole_run.paths.current.resolve()
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    attributions = [source["attribution"] for source in manifest["sources"]]
    assert attributions
    for page in ("index", *(page.name for page in PAGES)):
        text = html.unescape((folder / "report" / f"{page}.html").read_text(encoding="utf-8"))
        assert [words for words in attributions if words not in text] == []


def test_the_first_page_shows_what_moved(whole_run: FinishedRun, tmp_path: Path) -> None:
    """Changes and their parts, in points, are those of the mart, and the parts add up."""
    folder = whole_run.paths.current.resolve()
    page = folder / "report" / "index.html"
    link = tmp_path / "link.html"
    link.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, link)
    assert "CONSOLE" not in log
    assert page_requests(net) == []
    with reading(folder / "pax_silica.duckdb") as connection:
        rows = run_query(connection, "moved", {name: {} for name in QUERY_MARTS["moved"]})
    shown = body_of(dom, "moved")
    assert len(shown) == len(rows) == 20
    parts = [f"{p}_part" for p in
             ("price", "volume", "switch", "membership", "coverage", "unseparated")]  # fmt: skip
    for row, cells in zip(rows, shown, strict=True):
        assert cells[0] == f"{row['item']}, {row['stage']}"
        for name, cell in zip(["headline_change", *parts], cells[3:10], strict=True):
            assert float(cell) == pytest.approx(row[name] * 100, abs=0.0501), (row["item"], name)
        assert sum(row[name] for name in parts) == pytest.approx(row["headline_change"], abs=1e-6)
        for cell, side in ((cells[1], "from"), (cells[2], "to")):
            low, high = row[f"{side}_low"], row[f"{side}_high"]
            is_banded = low is not None and high is not None and high - low >= 0.005
            assert ("(" in cell) == is_banded, (row["item"], side, cell)
