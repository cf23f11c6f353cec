"""The report: loads nothing, shows missing as missing, and renders without an error."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from html import escape as html_escape
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.browser import in_chromium, page_requests, saved_csv
from tests.warehouse.synthetic_data_dir import (
    CHECK_RESULTS,
    ITEMS,
    build_data_dir,
    entities,
    publish_marts,
)
from warehouse.paths import DataPaths
from warehouse.release import Published, RunInfo
from warehouse.release.manifest import read_manifest
from warehouse.report import charts
from warehouse.report.build import render_report
from warehouse.report.html import digest, safe_json
from warehouse.report.page_contents import PAGES
from warehouse.report.page_contents import Page as Page_
from warehouse.report.pages import query_of, render_page
from warehouse.storage.read_only import reading

Release = tuple[DataPaths, Published]


class Page(HTMLParser):
    """Resources that a page would load, its scripts and its content security policy."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.loads: list[str] = []
        self.links: list[str] = []
        self.scripts: list[tuple[str, str]] = []
        self.handlers: list[str] = []
        self.labels: list[str] = []
        self.fields: list[str] = []
        self.policy = ""
        self._kind: str | None = None
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.handlers += [name for name in given if name.startswith("on") or name == "style"]
        if tag == "a":
            self.links.append(given["href"])
        elif "src" in given or (tag == "link" and not given["href"].startswith("data:")):
            self.loads.append(given.get("src") or given["href"])
        if tag == "label":
            self.labels.append(given["for"])
        if tag in ("select", "input"):
            self.fields.append(given["id"])
        if tag == "script":
            self._kind = given.get("type", "code")
        if given.get("http-equiv") == "Content-Security-Policy":
            self.policy = given["content"]

    def handle_data(self, data: str) -> None:
        if self._kind is not None:
            self.scripts.append((self._kind, data))
            self._kind = None


def escape(text: str) -> str:
    """Text as a browser writes it into a DOM."""
    return html_escape(text, quote=False)


def text_of(published: Release) -> str:
    return published[1].report.read_text(encoding="utf-8")


def data_of(text: str) -> dict[str, Any]:
    found = next(body for kind, body in Page(text).scripts if kind == "application/json")
    data: dict[str, Any] = json.loads(found)
    return data


def test_page_loads_nothing_and_allows_only_its_own_scripts(published: Release) -> None:
    text = text_of(published)
    page = Page(text)
    assert page.loads == []
    assert page.handlers == []
    assert page.policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in page.policy
    code = [body for kind, body in page.scripts if kind == "code"]
    assert len(code) == 4
    assert all(digest(body) in page.policy for body in code)
    assert "url(" not in text.split("<style>")[1].split("</style>")[0]
    assert len(text.encode()) < 2_000_000


def test_every_field_has_a_label(published: Release) -> None:
    page = Page(text_of(published))
    assert sorted(page.labels) == sorted(page.fields) == ["cover", "find", "kind", "order"]


def test_links_stay_in_the_release(published: Release) -> None:
    local = [link for link in Page(text_of(published)).links if not re.match(r"#|https?:", link)]
    assert "../docs/data_dictionary.html" in local
    assert all((published[1].report.parent / link).resolve().is_file() for link in local)


def test_text_from_the_data_cannot_become_markup(tmp_path: Path) -> None:
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    paths, manifest = build_data_dir(tmp_path, name=evil)
    release = publish_marts(paths, manifest, CHECK_RESULTS, RunInfo("evil"))
    text = release.report.read_text(encoding="utf-8")
    assert "<script>alert" not in text
    assert "<img src=x" not in text
    assert data_of(text)["heat"]["names"]["AUS"] == evil
    assert safe_json("</script>&") == '"\\u003c/script\\u003e\\u0026"'


def test_heatmap_equals_the_mart_and_missing_is_not_zero(published: Release) -> None:
    heat = data_of(text_of(published))["heat"]
    assert heat["year"] == 2024
    assert len(heat["items"]) == len(ITEMS)
    assert heat["partners"][0]["id"] == "BLOC:PAX_SILICA"
    assert {partner["id"] for partner in heat["partners"]} == set(entities())
    with reading(published[1].folder / "pax_silica.duckdb") as connection:
        rows = connection.execute(
            "select entity_id, item_id, stage_id, concern_share from marts.partner_dependency"
            " where period_start_date = date '2024-01-01'"
        ).fetchall()
    cells = [
        (cell["entity"], item["ids"][0], item["stageId"], cell["share"])
        for item in heat["items"]
        for cell in item["cells"]
    ]
    assert sorted(cells, key=str) == sorted(rows, key=str)
    assert any(share is None for *_, share in cells)
    assert all(cell["source"] for item in heat["items"] for cell in item["cells"])


def test_findings_count_only_observed_pairs_of_members() -> None:
    def cell(entity: str, share: float | None) -> dict[str, Any]:
        return {"entity": entity, "share": share}

    cells = [cell(charts.BLOC, 1.0), cell("JPN", 0.6), cell("USA", None)]
    item = {"meanShare": 0.5, "isBasket": False, "nPartners": 5, "cells": cells}
    basket = {**item, "meanShare": 0.9, "isBasket": True}
    rare = {**item, "meanShare": 1.0, "nPartners": 4}
    found = charts.findings({"items": [item, basket, rare]})
    assert (found["n_pairs"], found["n_over_half"]) == (1, 1)
    assert found["worst"] is item


def test_basket_is_one_row_under_all_its_names() -> None:
    def row(item: str, codes: str, basket: float) -> dict[str, Any]:
        return {
            "item_kind": "material", "item_id": item, "item_name": item.title(),
            "stage_id": "refined", "stage_name": "Refined", "product_codes": codes, "year": 2024,
            "entity_id": "JPN", "concern_share": 0.2, "concern_share_low": 0.0,
            "concern_share_high": 1.0, "supplier_hhi": 0.1, "imports_usd": 5.0,
            "top_supplier_id": "TWN", "top_supplier_share": 0.2, "basket_share": basket,
            "coverage_share": 1.0, "missing_reason": None, "source_ids": "cepii_baci",
            "quality_grade": "C", "quality_flags": "basket", "source_id": "cepii_baci",
            "edition": "V202601", "flow_basis": "reconciled_fob",
            "denominator_scope": "all_partners",
        }  # fmt: skip

    rows = [row("gallium", "811292", 1.0), row("germanium", "811292", 1.0), row("tin", "800110", 0)]
    items = charts.heatmap(rows, [], {})["items"]
    assert [item["names"] for item in items] == [["Gallium", "Germanium"], ["Tin"]]


def test_signings_count_withdrawals() -> None:
    from datetime import date

    def member(code: str, start: date, end: date | None) -> dict[str, Any]:
        return {"country_id": code, "country_name": code, "membership_type": "signatory",
                "valid_from": start, "valid_to": end}  # fmt: skip

    line = charts.signings(
        [member("A", date(2026, 1, 1), None), member("B", date(2026, 1, 1), date(2026, 3, 1))]
    )
    assert [(at["date"], at["count"], at["left"]) for at in line] == [
        ("2026-01-01", 2, []),
        ("2026-03-01", 1, ["B"]),
    ]


def test_page_lists_editions_withheld_marts_and_failed_checks(published: Release) -> None:
    text = text_of(published)
    for words in ("V202601", "2022–2024", "fct_closed", "closed_source", "CC-BY-4.0",
                  "movement below 10 points", "a number that moves must be explained",
                  "Covered nations (10 U.S.C. 4872)", "Source: cepii_baci",
                  published[1].release_id, "23 Nov 2026"):  # fmt: skip
        assert words in text, words


def test_release_without_marts_has_a_page(published: Release) -> None:
    """A knowledge day before every source: no figures, and the page states it."""
    _, release = published
    card = read_manifest(release.folder)
    assert card is not None
    bare = {**card, "marts": {n: card["marts"][n] for n in ("check_result", "publish_info")}}
    with reading(release.folder / "pax_silica.duckdb") as connection:
        text = render_report(connection, {**bare, "sources": []}, has_data_docs=False)
    assert "No complete year of partner imports" in text
    assert "No membership was known on this day" in text
    assert "Nothing had landed" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_a_page_without_rows_stays_readable(
    tmp_path: Path, published: Release, page: Page_
) -> None:
    """A release without the views, as of an earlier version: every block states what is missing."""
    path = published[1].folder / "report" / f"{page.name}.html"
    text = path.read_text(encoding="utf-8")
    found = Page(text)
    assert (found.loads, found.handlers) == ([], [])
    assert "unsafe" not in found.policy
    code = [body for kind, body in found.scripts if kind == "code"]
    assert all(digest(body) in found.policy for body in code)
    local = [link for link in found.links if not re.match(r"#|https?:", link)]
    assert all((path.parent / link).resolve().is_file() for link in local)
    dom, log, net = in_chromium(tmp_path, path)
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log
    assert page_requests(net) == []
    for block in page.blocks:
        if not data_of_block(text, block.query)["rows"]:
            assert escape(block.empty) in dom
            assert f'id="{block.query.replace("_", "-")}-empty" hidden' not in dom


def data_of_block(text: str, query: str) -> dict[str, Any]:
    blocks = data_of(text)["blocks"]
    found: dict[str, Any] = next(b for b in blocks if b["id"] == query.replace("_", "-"))
    return found


def test_a_mart_that_lost_a_column_leaves_its_block_empty() -> None:
    connection = duckdb.connect()
    connection.execute("create schema marts; create table marts.dim_country (country_id varchar)")
    query = query_of(connection, {"marts": {"dim_country": {}}})
    assert query("key_members") == []


@pytest.mark.parametrize("lost", ["concern_share", "entity_id"])
def test_the_first_page_without_a_column_stays_readable(
    tmp_path: Path, published: Release, lost: str
) -> None:
    folder = published[1].folder
    card = read_manifest(folder)
    assert card is not None
    copy = tmp_path / "copy.duckdb"
    shutil.copyfile(folder / "pax_silica.duckdb", copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(f"alter table marts.partner_dependency drop column {lost}")
    with reading(copy) as connection:
        text = render_report(connection, card, has_data_docs=False)
    page = tmp_path / "index.html"
    page.write_text(text, encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, page)
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log
    assert page_requests(net) == []
    assert "No complete year of partner imports" in dom
    assert "signatories on" in dom, "what can be read is there"


hostile_names = pytest.mark.parametrize(
    "name",
    ["</script><script>alert(1)</script>", "=cmd()", "\u202ereversed\u202c", "x" * 5000],
    ids=["markup", "formula", "right_to_left", "long"],
)


@hostile_names
@pytest.mark.parametrize("page_name", ["ai_stack", "what_if"])
def test_a_hostile_name_stays_text_in_links_and_scenarios(
    tmp_path: Path, name: str, page_name: str
) -> None:
    """Also where links run in a circle, which no chart from left to right can show."""
    link = {"label": name, "column_label": "Server", "kind": "part", "relation": "goes into",
            "is_in_cycle": False}  # fmt: skip
    circle = [{**link, "label": a, "column_label": b, "is_in_cycle": True} for a, b in ("AB", "BA")]
    short = {"key": "chn_magnets", "label": name, "shortage_share": None,
             "shortage_share_low": 0.25, "shortage_share_high": 0.75, "is_basket": False,
             "is_partial": True}  # fmt: skip
    answers = {
        "key_ai_importers": [{"key": "USA", "label": name}],
        "ai_stack_links": [link, *circle],
        "key_scenarios": [{"key": "chn_magnets", "label": name}],
        "what_if_shortages": [short],
    }
    page = next(page for page in PAGES if page.name == page_name)
    card = {"release_id": "r", "as_of_date": "2026-11-23", "sources": [], "set_aside": [],
            "withheld_marts": []}  # fmt: skip
    path = tmp_path / "page.html"
    path.write_text(render_page(page, card, lambda query: answers.get(query, [])), encoding="utf-8")
    assert "<script>alert" not in path.read_text(encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, path)
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log
    assert page_requests(net) == []
    block = page.blocks[0].query.replace("_", "-")
    body = dom.split(f'id="{block}-body"')[1].split("</tbody>")[0]
    assert escape(name) in body
    assert body.count("<tr>") == (3 if page_name == "ai_stack" else 1)
    if page_name == "what_if":
        assert "no number" in body
        assert "25.0 %" in body
        assert "75.0 %" in body


@hostile_names
def test_a_hostile_name_stays_text(tmp_path: Path, name: str) -> None:
    """A row of the database cannot become markup, code, or an error of the page."""
    row = {"key": "JPN", "label": name, "item": name, "stage": "Ore", "concern_share": 0.5,
           "concern_share_low": 0.5, "concern_share_high": 0.5, "is_partial": False,
           "is_basket": False}  # fmt: skip
    keys = [{"key": "JPN", "label": name}]
    answers = {"key_members": keys, "partner_items": [row]}
    page = next(page for page in PAGES if page.name == "partner")
    card = {"release_id": "r", "as_of_date": "2026-11-23", "sources": [], "set_aside": [],
            "withheld_marts": []}  # fmt: skip
    path = tmp_path / "partner.html"
    path.write_text(render_page(page, card, lambda query: answers.get(query, [])), encoding="utf-8")
    assert "<script>alert" not in path.read_text(encoding="utf-8")
    dom, log, _ = in_chromium(tmp_path, path)
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log
    body = dom.split('id="partner-items-body"')[1].split("</tbody>")[0]
    assert escape(name) in body
    assert "50.0 %" in body
    # the file that a spreadsheet opens
    (line,) = csv.DictReader(io.StringIO(saved_csv(tmp_path, path)["partner-items-csv"]))
    assert line["label"] == (f"'{name}" if name.startswith("=") else name)


def test_dictionary_describes_every_column_without_a_script(published: Release) -> None:
    _, release = published
    text = (release.folder / "docs" / "data_dictionary.html").read_text(encoding="utf-8")
    card = read_manifest(release.folder)
    assert card is not None
    for mart, entry in card["marts"].items():
        assert f'id="{mart}"' in text
        for column in entry["columns"]:
            assert f"<code>{column['name']}</code>" in text
    page = Page(text)
    assert (page.loads, page.scripts) == ([], [])
    assert "script-src 'none'" in page.policy


def test_network_log_contains_a_request_of_a_page(tmp_path: Path) -> None:
    page = tmp_path / "probe.html"
    page.write_text("<img src='https://pax-silica.invalid/x.png'><script>console.log(1)</script>")
    _, log, net = in_chromium(tmp_path, page)
    assert "CONSOLE" in log
    assert len(page_requests(net)) == 1


@pytest.mark.parametrize("scheme", ["1", "0"], ids=["light", "dark"])
def test_page_renders_without_error_or_request(
    tmp_path: Path, published: Release, scheme: str
) -> None:
    page = published[1].report
    dom, log, net = in_chromium(
        tmp_path, page, f"--blink-settings=preferredColorScheme={scheme}", "--window-size=1280,900"
    )
    assert 'data-rendered="yes"' in dom
    assert "CONSOLE" not in log, [line for line in log.splitlines() if "CONSOLE" in line]
    assert page_requests(net) == []
    heat = data_of(page.read_text(encoding="utf-8"))["heat"]
    body = dom.split('id="heat-body"')[1].split("</tbody>")[0]
    assert body.count("<tr>") == len(heat["items"]) * len(heat["partners"])
    missing = sum(
        1
        for item in heat["items"]
        for partner in heat["partners"]
        if not any(c["entity"] == partner["id"] and c["share"] is not None for c in item["cells"])
    )
    assert body.count('<td class="n none">no data</td>') >= missing
    assert dom.count("_echarts_instance_=") == 2
