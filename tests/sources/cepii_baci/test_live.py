"""Live access to BACI against a fake CEPII: found, streamed, resumed, landed as a whole or not."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sources.cepii_baci import fetch
from sources.kit.errors import CorruptFileError, SourceUnavailableError
from tests.sources.cepii_baci import excerpts as x
from tests.sources.fake_publisher import FakePublisher, Request, Response
from tests.sources.files import land_live, zip_bytes
from warehouse.paths import DataPaths
from warehouse.storage.load_records import list_load_records

#: Rows out of scope, so that the zip has a middle at which a connection can break.
OTHERS = "".join(f"2022,156,{n % 800 + 4},610910,{n}.{n % 7},NA\n" for n in range(20_000))
ZIP = zip_bytes(
    {
        "BACI_HS17_Y2022_V202601.csv": x.NATIVE_2022 + OTHERS,
        "BACI_HS17_Y2023_V202601.csv": x.NATIVE_2022.replace("2022,", "2023,"),
        "country_codes_V202601.csv": x.COUNTRIES,
        "product_codes_HS17_V202601.csv": "code,description\n010121,Horses\n",
    }
)


class Cepii(FakePublisher):
    def respond(self, request: Request, fault: str) -> Response:
        if request.path.endswith("bdd_modele_item.asp") and request.query == {"id": "37"}:
            page = "".join(
                f'<a href="/DATA_DOWNLOAD/baci/data/BACI_{hs}_V{edition}.zip">{hs}</a>'
                for hs, edition in (("HS92", "202601"), ("HS17", "202501"), ("HS17", "202601"))
            )
            return Response(f"<html>{page}</html>".encode(), 200, "text/html")
        if request.path == "/DATA_DOWNLOAD/baci/data/BACI_HS17_V202601.zip":
            return Response(ZIP, 200, "application/zip", {"ETag": '"v1"'})
        return Response(b"<html>not found</html>", 404, "text/html")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cepii]:
    with Cepii().serving() as publisher:
        monkeypatch.setenv("PAX_BACI_BASE_URL", publisher.url)
        monkeypatch.delenv(fetch.EDITION, raising=False)
        yield publisher


def live(paths: DataPaths, nomenclature: str = "HS17") -> list[str]:
    return [one.load_record.partition for one in land_live(paths, "cepii_baci", nomenclature)]


def test_the_newest_edition_lands_with_the_products_in_scope(
    server: Cepii, data_dir: DataPaths
) -> None:
    assert live(data_dir) == ["V202601/HS17/2022", "V202601/HS17/2023", "V202601/countries"]
    first = list_load_records(data_dir, "cepii_baci")[0]
    assert (first.n_rows, first.access_method, first.files[0].bytes) == (4, "live", len(ZIP))
    assert (data_dir.raw / first.files[0].sha256[:2] / first.files[0].sha256).read_bytes() == ZIP


def test_a_broken_connection_is_resumed(server: Cepii, data_dir: DataPaths) -> None:
    server.faults = ["", "cut", "cut"]
    live(data_dir)
    starts = [int(wanted.removeprefix("bytes=").rstrip("-")) for wanted in server.ranges]
    assert starts == [len(ZIP) // 2, len(ZIP) // 2 + (len(ZIP) - len(ZIP) // 2) // 2]
    load_record = list_load_records(data_dir, "cepii_baci")[0]
    assert load_record.files[0].bytes == len(ZIP)


@pytest.mark.parametrize(
    ("fault", "message"),
    [("cut", "cut at byte .*after 3 attempts"), ("503", "503, after 3"), ("html", "web page")],
)
def test_an_incomplete_zip_does_not_land(
    server: Cepii, data_dir: DataPaths, fault: str, message: str
) -> None:
    server.faults, server.always = [""], fault
    with pytest.raises(SourceUnavailableError, match=message):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_a_truncated_zip_is_rejected(server: Cepii, data_dir: DataPaths) -> None:
    server.faults = ["", "half"]
    with pytest.raises(CorruptFileError, match="zip is broken"):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_an_unknown_edition_or_nomenclature_is_an_error_with_a_remedy(
    server: Cepii, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        SourceUnavailableError, match=r"no link to a zip of HS22.*\n.*PAX_BACI_EDITION"
    ):
        live(data_dir, "HS22")
    monkeypatch.setenv(fetch.EDITION, "V209901")
    with pytest.raises(SourceUnavailableError, match="answered 404"):
        live(data_dir)
