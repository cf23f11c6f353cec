"""BACI's zip comes from a loopback CEPII: found, streamed, resumed, landed whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sources.cepii_baci import fetch
from sources.kit.catalog import find_source
from sources.kit.errors import CorruptFileError, SourceUnavailableError
from sources.kit.http import HttpClient
from tests.sources.cepii_baci import excerpts as x
from tests.sources.fake_publisher import Answer, Publisher, publishing
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import list_load_records

SPEC = find_source("cepii_baci")
#: Enough rows that nobody watches to make the zip's middle a place to break at.
OTHERS = "".join(f"2022,156,{n % 800 + 4},610910,{n}.{n % 7},NA\n" for n in range(20_000))
ZIP = x.zipped(
    {
        "BACI_HS17_Y2022_V202601.csv": x.NATIVE_2022 + OTHERS,
        "BACI_HS17_Y2023_V202601.csv": x.NATIVE_2022.replace("2022,", "2023,"),
        "country_codes_V202601.csv": x.COUNTRIES,
        "product_codes_HS17_V202601.csv": "code,description\n010121,Horses\n",
    }
)


def cepii(path: str, query: dict[str, str]) -> Answer:
    if path.endswith("bdd_modele_item.asp") and query == {"id": "37"}:
        page = "".join(
            f'<a href="/DATA_DOWNLOAD/baci/data/BACI_{hs}_V{edition}.zip">{hs}</a>'
            for hs, edition in (("HS92", "202601"), ("HS17", "202501"), ("HS17", "202601"))
        )
        return Answer(f"<html>{page}</html>".encode(), 200, "text/html")
    if path == "/DATA_DOWNLOAD/baci/data/BACI_HS17_V202601.zip":
        return Answer(ZIP, 200, "application/zip", {"ETag": '"v1"'})
    return Answer(b"<html>not found</html>", 404, "text/html")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    with publishing(cepii) as publisher:
        monkeypatch.setenv("PAX_BACI_BASE_URL", publisher.url)
        monkeypatch.delenv(fetch.EDITION, raising=False)
        yield publisher


def live(paths: DataPaths, nomenclature: str = "HS17") -> list[str]:
    with HttpClient("cepii_baci", attempts=3, first_wait=0.0, longest_wait=0.01) as http:
        landed = land_files(SPEC, list(fetch.fetch(nomenclature, http)), "live", paths)
    return [one.load_record.partition for one in landed]


def test_the_newest_edition_of_the_page_lands_cut_to_watched_products(
    server: Publisher, data_dir: DataPaths
) -> None:
    assert live(data_dir) == ["V202601/HS17/2022", "V202601/HS17/2023", "V202601/countries"]
    first = list_load_records(data_dir, "cepii_baci")[0]
    assert (first.n_rows, first.access_method, first.files[0].bytes) == (4, "live", len(ZIP))
    assert (data_dir.raw / first.files[0].sha256[:2] / first.files[0].sha256).read_bytes() == ZIP


def test_a_broken_connection_is_taken_up_where_it_broke(
    server: Publisher, data_dir: DataPaths
) -> None:
    server.moods = ["", "cut", "cut"]
    live(data_dir)
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in server.ranges]
    assert starts == [len(ZIP) // 2, len(ZIP) // 2 + (len(ZIP) - len(ZIP) // 2) // 2]
    receipt = list_load_records(data_dir, "cepii_baci")[0]
    assert receipt.files[0].bytes == len(ZIP)


@pytest.mark.parametrize(
    ("mood", "says"),
    [("cut", "cut at byte .*after 3 attempts"), ("503", "503, after 3"), ("html", "web page")],
)
def test_a_zip_lands_whole_or_not_at_all(
    server: Publisher, data_dir: DataPaths, mood: str, says: str
) -> None:
    server.moods, server.always = [""], mood
    with pytest.raises(SourceUnavailableError, match=says):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_half_a_zip_that_calls_itself_whole_is_refused(
    server: Publisher, data_dir: DataPaths
) -> None:
    server.moods = ["", "half"]
    with pytest.raises(CorruptFileError, match="zip is broken"):
        live(data_dir)
    assert list_load_records(data_dir) == []


def test_an_unknown_edition_or_a_page_without_links_says_what_to_do(
    server: Publisher, data_dir: DataPaths, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(
        SourceUnavailableError, match=r"no link to a zip of HS22.*\n.*PAX_BACI_EDITION"
    ):
        live(data_dir, "HS22")
    monkeypatch.setenv(fetch.EDITION, "V209901")
    with pytest.raises(SourceUnavailableError, match="answered 404"):
        live(data_dir)
