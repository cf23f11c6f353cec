"""The pages of the bundled release: each number in a page is that of its query on the release."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.browser import in_chromium, page_requests, saved_csv
from tests.orchestration.conftest import FinishedRun
from warehouse.release.manifest import read_manifest
from warehouse.report.build import QUERY_MARTS, run_query
from warehouse.report.page_contents import PAGES, TODAY, Page
from warehouse.report.pages import query_of
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
    """A number as the page writes it: shares in per cent, dollars and ten tonnes or more whole."""
    if "share" in name:
        return round(value * 100, 1)
    is_tonnes = re.search(r"_t(_|$)", name) is not None and abs(value) >= 10
    return round(value, 0 if "_usd" in name or is_tonnes else 2)


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
    rows = rows_of(whole_run, page)
    assert sum(compared(dom, query, found) for query, found in rows.items()) > 20
    # the files that the buttons save hold the same rows, with their keys and marks
    files = saved_csv(tmp_path, path, f"key={key}" if key else "")
    assert files.keys() == {f"{name.replace('_', '-')}-csv" for name, found in rows.items()
                            if found or in_data(path, name)}  # fmt: skip
    for name, found in rows.items():
        if found:
            lines = list(csv.DictReader(io.StringIO(files[f"{name.replace('_', '-')}-csv"])))
            assert [set(line) for line in lines] == [set(row) for row in found]
            for line, row in zip(lines, found, strict=True):
                for column, value in row.items():
                    assert_written(line[column], value)


def in_data(page: Path, query: str) -> bool:
    """Whether a block has rows for some key, though perhaps none for the tested one."""
    return f'id="{query.replace("_", "-")}-csv"' in page.read_text(encoding="utf-8")


def assert_written(cell: str, value: Any) -> None:
    """A cell of a CSV file is the value: empty where there is none, six decimals of a share."""
    if value is None:
        assert cell == ""
    elif isinstance(value, bool):
        assert cell == ("true" if value else "false")
    elif isinstance(value, int | float):
        assert float(cell) == pytest.approx(value, abs=0.01 if abs(value) >= 100 else 1e-6)
    else:
        assert cell.removeprefix("'") == str(value)


def compared(dom: str, query: str, rows: Rows) -> int:
    """Compare a block's table with its rows; the numbers compared."""
    n_numbers = 0
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
    return n_numbers


def test_the_quality_page_leads_to_the_data_docs(whole_run: FinishedRun) -> None:
    report = whole_run.paths.current.resolve() / "report"
    assert 'href="../data_docs/index.html"' in (report / "quality.html").read_text("utf-8")
    assert (report / "../data_docs/index.html").is_file()


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
    assert page.stat().st_size < 2_000_000
    link = tmp_path / "link.html"
    link.write_text(page.read_text(encoding="utf-8"), encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, link)
    assert "CONSOLE" not in log
    assert page_requests(net) == []
    manifest = read_manifest(folder)
    assert manifest is not None
    with reading(folder / "pax_silica.duckdb") as connection:
        rows = run_query(connection, "moved", {name: {} for name in QUERY_MARTS["moved"]})
        query = query_of(connection, manifest)
        blocks = {block.query: query(block.query) for block in TODAY}
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
    assert {name: compared(dom, name, found) for name, found in blocks.items() if found} != {}
    assert all(blocks.values())
    files = saved_csv(tmp_path, page)
    assert files.keys() == {"csv", "moved-csv", "signings-csv"} | {
        f"{name.replace('_', '-')}-csv" for name in blocks
    }
    lines = list(csv.DictReader(io.StringIO(files["moved-csv"].removeprefix("\ufeff"))))
    for line, row in zip(lines, rows, strict=True):
        for column, value in row.items():
            assert_written(line[column], value)


def test_the_age_of_the_release_is_counted_in_the_browser(
    whole_run: FinishedRun, tmp_path: Path
) -> None:
    page = whole_run.paths.current.resolve() / "report" / "index.html"
    text = page.read_text(encoding="utf-8")
    ago = date.today() - timedelta(days=400)
    old = re.sub(r'data-day="[0-9-]+"', f'data-day="{ago.isoformat()}"', text)
    link = tmp_path / "old.html"
    link.write_text(old, encoding="utf-8")
    dom, _, _ = in_chromium(tmp_path, link)
    found = re.search(r", (\d+) days ago by this computer", dom)
    assert found
    assert int(found[1]) in (399, 400, 401)  # the day may change while the page is opened
