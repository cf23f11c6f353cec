"""Live access to Comext against a fake Eurostat: a month's 7z, or API responses in SDMX-CSV."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import py7zr
import pyarrow.parquet as pq
import pytest

from sources.eurostat_comext import fetch
from sources.eurostat_comext.layouts import basket_cn8_codes
from sources.kit.errors import CorruptFileError, SourceError, SourceUnavailableError
from sources.kit.hs6_scope import hs6_scope
from tests.sources.eurostat_comext.test_comext import V2
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.files import land_live
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records

HEAD = (
    "DATAFLOW,LAST UPDATE,freq,reporter,partner,product,flow,indicators,TIME_PERIOD,OBS_VALUE,"
    "OBS_FLAG\n"
)
#: product: (reporter, partner, flow, euro, 100 kg)
FIGURES = {
    "81129289": [("NL", "CN", "1", "900", "2.5"), ("NL", "EXT_EU27_2020", "1", "900", "2.5")],
    "81129295": [("DE", "CN", "1", "100", ""), ("EU27_2020", "CN", "1", "100", "")],
    "811292": [("NL", "CN", "1", "1000", "3")],  # would count twice with its CN8 codes
    "281111": [("NL", "US", "2", "70", "9")],
}


@dataclass
class Eurostat(FakePublisher):
    archive: bytes = b""

    def respond(self, request: Request, fault: str) -> Response:
        path, query = request.path, request.query
        if path.endswith("/dissemination/files"):
            if query["file"] != "comext/COMEXT_DATA/PRODUCTS/full_v2_202403.7z":
                return Response(b"<html>no such file</html>", 404, "text/html")
            kind = "application/x-7z-compressed"
            return Response(self.archive, 200, kind, {"ETag": '"m1"'})
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
        return Response((HEAD + "".join(rows if is_out else [])).encode(), 200, "text/csv")


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
def eurostat(archive: bytes, monkeypatch: pytest.MonkeyPatch) -> Iterator[Eurostat]:
    with Eurostat(archive=archive).serving() as publisher:
        monkeypatch.setenv("PAX_COMEXT_BASE_URL", publisher.url)
        monkeypatch.delenv(fetch.ENDPOINT_VARIABLE, raising=False)
        yield publisher


def live(paths: DataPaths, month: str = "202403") -> list[dict[str, object]]:
    (landed,) = land_live(paths, "eurostat_comext", month)
    assert re.fullmatch(r"M202403\.R\d{8}/202403", landed.load_record.partition)
    (path,) = (paths.landing / "eurostat_comext/flows").glob("M202403*.parquet")
    rows: list[dict[str, object]] = pq.read_table(path).sort_by("row_locator").to_pylist()
    return rows


def test_a_bulk_month_lands_with_the_products_in_scope(
    eurostat: Eurostat, data_dir: DataPaths
) -> None:
    eurostat.faults = ["cut"]
    rows = live(data_dir)
    assert [r["row_locator"] for r in rows] == [f"full_v2_202403.dat:{n}" for n in (2, 3, 5, 6, 9)]
    assert [r["flow"] for r in rows] == ["import", "import", "import", "export", "import"]
    assert eurostat.ranges  # the broken connection was resumed


def test_each_product_is_requested_at_one_level_of_the_api(
    eurostat: Eurostat, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
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


def test_months_before_the_present_layout_are_asked_of_the_api(
    eurostat: Eurostat, data_dir: DataPaths
) -> None:
    with pytest.raises(SourceUnavailableError, match="no row of 201912"):
        live(data_dir, "201912")
    assert fetch.list_partitions()[0] == "201701"


@pytest.mark.parametrize("endpoint", ["bulk", "api"])
@pytest.mark.parametrize("fault", ["503", "html"])
def test_a_failure_lands_nothing(
    eurostat: Eurostat,
    data_dir: DataPaths,
    monkeypatch: pytest.MonkeyPatch,
    endpoint: str,
    fault: str,
) -> None:
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, endpoint)
    eurostat.always = fault
    with pytest.raises(SourceUnavailableError, match=r"503, after 3|web page"):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_an_unpublished_month_and_an_unknown_endpoint_are_errors(
    eurostat: Eurostat, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SourceUnavailableError, match="answered 404"):
        live(data_dir, "202612")
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, "api")
    with pytest.raises(SourceUnavailableError, match="not published yet"):
        live(data_dir, "202612")
    monkeypatch.setenv(fetch.ENDPOINT_VARIABLE, "fax")
    with pytest.raises(SourceError, match="is not a known endpoint"):
        live(data_dir)


def test_a_truncated_7z_is_rejected(eurostat: Eurostat, data_dir: DataPaths) -> None:
    eurostat.faults = ["half"]
    with pytest.raises(CorruptFileError, match="7z is broken"):
        live(data_dir)


def test_basket_cn8_codes_are_in_scope() -> None:
    assert {line[:6] for line in basket_cn8_codes()} <= set(hs6_scope())
