"""Data Docs open in a browser that has no network: styled, complete, and without a request."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from expectations.data_docs import LOCAL_FILES, VENDOR
from expectations.runner import SOURCES, build_data_docs, run_checkpoint
from sources.kit.catalog import find_source
from tests.browser import in_chromium, page_requests
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_bundles

WGI = "worldbank_wgi.indicators"


@pytest.fixture(scope="module")
def docs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    paths = DataPaths.at(tmp_path_factory.mktemp("docs"))
    land_bundles(paths, [find_source("worldbank_wgi")])
    run_checkpoint(paths, SOURCES, [WGI])
    folder = paths.data_dir / "release" / "data_docs"
    build_data_docs(paths, folder)
    return folder


def pages(docs: Path) -> list[Path]:
    """The index, a page of results and a page of a suite."""
    results = docs.glob("validations/worldbank_wgi/indicators/sources/*/*.html")
    suite = docs / "expectations" / "worldbank_wgi" / "indicators.html"
    return [docs / "index.html", next(results), suite]


def test_pages_name_no_file_of_another_host(docs: Path) -> None:
    for page in docs.rglob("*.html"):
        text = page.read_text(encoding="utf-8")
        assert re.findall(r"<(?:script|link|img)[^>]*(?:src|href)=\"https?:[^>]*>", text) == []
        for local in re.findall(
            r"<(?:script|link)[^>]*(?:src|href)=\"([^\"]+/vendor/[^\"]+)", text
        ):
            assert (page.parent / local).is_file(), (page, local)
        assert str(docs.parents[1]) not in text, "a release names no folder of the machine"


def test_every_vendored_file_is_used() -> None:
    named = {Path(local).name for local in LOCAL_FILES.values() if local}
    assert named == {path.name for kind in ("css", "js") for path in (VENDOR / kind).iterdir()}


@pytest.mark.parametrize("number", range(3), ids=["index", "results", "suite"])
def test_a_browser_without_network_shows_them_styled(
    docs: Path, tmp_path: Path, number: int
) -> None:
    page = pages(docs)[number]
    probe = page.with_name(f"probe_{page.name}")
    text = page.read_text(encoding="utf-8")
    # what the style sheets and scripts have made of the page, as text in its title
    script = """<script>addEventListener('load', () => { document.title = [
        getComputedStyle(document.querySelector('.row')).display, typeof jQuery,
        typeof jQuery.fn.bootstrapTable, typeof jQuery.fn.modal,
        [...document.styleSheets].length > 4].join(' ') })</script></body>"""
    probe.write_text(text.replace("</body>", script), encoding="utf-8")
    dom, log, net = in_chromium(tmp_path, probe, "--host-resolver-rules=MAP * ~NOTFOUND")
    probe.unlink()
    assert "<title>flex function function function true</title>" in dom
    assert page_requests(net) == []
    errors = [line for line in log.splitlines() if "CONSOLE" in line and "deprecated" not in line]
    assert errors == []


def test_the_index_lists_each_suite_and_results_give_reasons(docs: Path) -> None:
    index, results, suite = (page.read_text(encoding="utf-8") for page in pages(docs))
    assert WGI in index
    assert f"{WGI}.partitions" in index
    assert "values must belong to this set" in results
    assert "a year of an edition has all six dimensions" in results
    assert "standard normal units" in suite


def test_without_a_checkpoint_there_is_nothing_to_render(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="no checkpoint has run"):
        build_data_docs(DataPaths.at(tmp_path), tmp_path / "docs")
