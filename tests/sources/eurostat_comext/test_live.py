"""Comext comes from a loopback Eurostat: a month's 7z, or the API's answers in SDMX-CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import py7zr
import pyarrow.parquet as pq
import pytest

from sources.eurostat_comext import fetch
from sources.eurostat_comext.layouts import separating_lines
from sources.kit.catalog import find_source
from sources.kit.errors import CorruptFileError, SourceError, SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope
from sources.kit.http import HttpClient
from tests.sources.eurostat_comext.test_comext import V2
from tests.sources.fake_publisher import Answer, Publisher, publishing
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import list_load_records

SPEC = find_source("eurostat_comext")
HEAD = "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,OBS_FLAG\n"
#: product: (reporter, partner, flow, euro, 100 kg)
FIGURES = {
    "81129289": [("NL", "CN", "1", "900", "2.5"), ("NL", "EXT_EU27_2020", "1", "900", "2.5")],
    "81129295": [("DE", "CN", "1", "100", ""), ("EU27_2020", "CN", "1", "100", "")],
    "811292": [("NL", "CN", "1", "1000", "3")],  # would count twice beside its lines
    "281111": [("NL", "US", "2", "70", "9")],
}


class Eurostat:
    def __init__(self, archive: bytes) -> None:
        self.archive = archive

    def __call__(self, path: str, query: dict[str, str]) -> Answer:
        if path.endswith("/dissemination/files"):
            if query["file"] != "comext/COMEXT_DATA/PRODUCTS/full_v2_202403.7z":
                return Answer(b"<html>no such file</html>", 404, "text/html")
            kind = "application/x-7z-compressed"
            return Answer(self.archive, 200, kind, {"ETag": '"m1"'})
        freq, _, partner, products, flows, indicators = path.rpartition("/")[2].split(".")
        assert (freq, partner, flows, query["format"]) == ("M", "", "1+2", "SDMX-CSV")
        rows = []
        for product in products.split("+"):
            for reporter, other, flow, euro, weight in FIGURES.get(product, []):
                for name, value in zip(indicators.split("+"), (euro, weight), strict=True):
                    rows.append(
                        f"ESTAT:DS-045409(1.0),03/11/26,M,{reporter},{other},{product},{flow},"
                        f"{name},2024-03,{value},\n"
                    )
        is_out = query["startPeriod"] == "2024-03"
        return Answer((HEAD + "".join(rows if is_out else [])).encode(), 200, "text/csv")


@pytest.fixture
def archive(tmp_path: Path) -> bytes:
    lines = V2.replace("202452", "202403").splitlines()
    more = [lines[1].replace("28469030", "61091000")] * 5000
    (tmp_path / "full_v2_202403.dat").write_text("\n".join([*lines, *more]) + "\n")
    path = tmp_path / "full_v2_202403.7z"
    with py7zr.SevenZipFile(path, "w") as file:
        file.write(tmp_path / "full_v2_202403.dat", "full_v2_202403.dat")
    return path.read_bytes()


@pytest.fixture
def eurostat(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing(Eurostat(archive)) as publisher:
        monkeypatch.setenv("PAX_COMEXT_BASE_URL", publisher.url)
        monkeypatch.delenv(fetch.ENDPOINT_VARIABLE, raising=False)
        yield publisher


def live(paths: DataPaths, month: str = "202403") -> list[dict[str, object]]:
    with HttpClient("eurostat_comext", attempts=3, first_wait=0.0, longest_wait=0.01) as http:
        (landed,) = land_files(SPEC, list(fetch.fetch(month, http)), "live", paths)
    assert re.fullmatch(r"M202403\.R\d{8}/202403", landed.load_record.partition)
    (path,) = (paths.landing / "eurostat_comext/flows").glob("M202403*.parquet")
    rows: list[dict[str, object]] = pq.read_table(path).sort_by("row_locator").to_pylist()
    return rows


def test_a_month_of_the_bulk_is_unpacked_and_cut_to_watched_products(
    eurostat: Publisher, data_dir: DataPaths
) -> None:
    eurostat.moods = ["cut"]
    rows = live(data_dir)
    assert [r["row_locator"] for r in rows] == [f"full_v2_202403.dat:{n}" for n in (2, 3, 5, 6, 9)]
    assert [r["flow"] for r in rows] == ["import", "import", "import", "export", "import"]
    assert eurostat.ranges  # the connection that broke was taken up again


def test_the_api_is_asked_for_each_product_at_one_level(
    eurostat: Publisher, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, "api")
    rows = live(data_dir)
    assert [
        tuple(r[n] for n in ("declarant", "partner", "product_code", "flow", "value_eur",
                             "quantity_kg"))
        for r in sorted(rows, key=lambda r: str(r["product_code"]))
    ] == [
        ("NL", "US", "281111", "export", 70.0, 900.0),
        ("NL", "CN", "81129289", "import", 900.0, 250.0),
        ("DE", "CN", "81129295", "import", 100.0, None),
    ]  # fmt: skip
    assert all(r["is_complete"] for r in rows)


@pytest.mark.parametrize("endpoint", ["bulk", "api"])
@pytest.mark.parametrize("mood", ["503", "html"])
def test_a_failure_lands_nothing(
    eurostat: Publisher,
    data_dir: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    mood: str,
) -> None:
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, endpoint)
    eurostat.always = mood
    with pytest.raises(SourceUnavailableError, match=r"503, after 3|web page"):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_a_month_that_is_not_out_and_a_way_that_is_none(
    eurostat: Publisher, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceUnavailableError, match="answered 404"):
        live(data_dir, "202612")
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, "api")
    with pytest.raises(SourceUnavailableError, match="not out yet"):
        live(data_dir, "202612")
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, "fax")
    with pytest.raises(SourceError, match="is not a known endpoint"):
        live(data_dir)


def test_half_a_7z_is_refused(eurostat: Publisher, data_dir: DataPaths) -> None:
    eurostat.moods = ["half"]
    with pytest.raises(CorruptFileError, match="7z is broken"):
        live(data_dir)


def test_separating_lines_lie_in_watched_products() -> None:
    assert {line[:6] for line in separating_lines()} <= set(hs6_scope())
