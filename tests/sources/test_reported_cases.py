"""Files that users reported, with their right result, built small; the originals where they are.

Each case names a kind of file; `test_mutations` runs all sources through the kinds.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceError
from sources.kit.requests import manual_files
from sources.un_comtrade.parse import parse
from tests.sources.files import raw_file, zip_bytes
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.landing import land_files

CASES = Path(__file__).resolve().parents[3] / "shared" / "cases"
HEADER = (
    "typeCode,freqCode,refYear,refMonth,period,reporterCode,flowCode,partnerCode,partner2Code,"
    "classificationCode,cmdCode,customsCode,mosCode,motCode,qty,netWgt,cifvalue,primaryValue\n"
)


def line(
    partner: str, value: str, *, weight: str = "10", code: str = "284690", period: str = "2022",
    year: str = "2022", month: str = "52",
) -> str:  # fmt: skip
    freq = "A" if month == "52" else "M"
    return (
        f"C,{freq},{year},{month},{period},392,M,{partner},0,H6,{code},C00,0,0,10,{weight},"
        f"{value},{value}\n"
    )


NAN = HEADER + line("156", "1000") + line("704", "NaN", weight="NaN") + line(
    "36", "500", weight="nan") + line("0", "1500")  # fmt: skip
FLOATS = HEADER + line("156.0", "1000.0", code="284690.0") + line("0.0", "1000.0", code="284690.0")
DASH = HEADER + line("156", "1000", period="2022-03", month="3") + line(
    "156", "1000", period="202213", month="13") + line(
    "36", "5", period="2022M04", month="4")  # fmt: skip


def case(folder: str, name: str, otherwise: str | bytes) -> RawFile:
    """The reported file, or the small one where the reported ones are not at hand."""
    path = CASES / folder / name
    content = path.read_bytes() if path.is_file() else otherwise
    return raw_file(name, content, datetime.now(UTC))


@pytest.fixture(autouse=True, scope="module")
def announce_absent_cases() -> None:
    if not CASES.is_dir():
        print(f"the reported files are not in {CASES}: small ones stand for them")


def trade(*files: RawFile) -> tuple[list[dict[str, Any]], list[Parsed]]:
    found = list(parse(files))
    return [row for parsed in found for row in parsed.tables["trade"].to_pylist()], found


def shares(rows: list[dict[str, Any]]) -> dict[str, float]:
    values = {r["partner_code"]: r["primary_value_usd"] for r in rows if r["partner_code"] != "0"}
    return {partner: value / sum(values.values()) for partner, value in values.items()}


@pytest.mark.parametrize("file", [
    pytest.param(raw_file("nan.csv", NAN), id="small"),
    pytest.param(case("02_nan_as_text", "nan_JPN.csv", NAN), id="reported"),
    pytest.param(raw_file("inf.csv", NAN.replace("NaN", "inf", 1)), id="infinite"),
])  # fmt: skip
def test_nan_as_text_is_no_number(file: RawFile, data_dir: DataPaths) -> None:
    rows, (parsed,) = trade(file)
    assert shares(rows) == {"156": 2 / 3, "36": 1 / 3}
    assert [(row.line, row.reason) for row in parsed.quarantine] == [(3, "no value")]
    assert {r["partner_code"]: r["net_wgt_kg"] for r in rows}["36"] is None
    [landed] = land_files(find_source("un_comtrade"), [file], "manual", data_dir)
    assert (landed.outcome, landed.load_record.n_quarantined) == ("landed", 1)


@pytest.mark.parametrize("file", [
    pytest.param(raw_file("float.csv", FLOATS), id="small"),
    pytest.param(case("03_code_as_float", "float_cmd_KOR.csv", FLOATS), id="reported"),
])  # fmt: skip
def test_codes_as_floats_are_codes(file: RawFile) -> None:
    rows, (parsed,) = trade(file)
    assert {row["cmd_code"] for row in rows} == {"284690"}
    assert {"156", "0"} <= {row["partner_code"] for row in rows}
    assert not parsed.quarantine


def test_a_fraction_is_no_code() -> None:
    _, (parsed,) = trade(
        raw_file("x.csv", HEADER + line("156", "1") + line("36", "1", code="28.5"))
    )
    assert [row.reason for row in parsed.quarantine] == ["not a product code"]


@pytest.mark.parametrize("revision", ["V202401", "V202401b", "V202401B"])
def test_an_edition_with_a_letter(revision: str) -> None:
    files = {
        f"BACI_HS17_Y2022_{revision}.csv": "t,i,j,k,v,q\n2022,156,392,284690,  100.5,   10.0\n",
        f"country_codes_{revision}.csv": "country_code,country_name,country_iso2,country_iso3\n"
        "156,China,CN,CHN\n",
    }
    file = raw_file(f"BACI_HS17_{revision}.zip", zip_bytes(files))
    edition = f"V202401{revision[7:].lower()}"
    found = {one.partition: one for one in find_source("cepii_baci").parse([file])}
    assert set(found) == {f"{edition}/HS17/2022", f"{edition}/countries"}


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the reported zip is not in {CASES}")
def test_the_reported_zip_with_a_letter() -> None:
    path = CASES / "05_baci_edition_letter" / "BACI_HS17_V202401b.zip"
    found = list(find_source("cepii_baci").parse([raw_file(path.name, path.read_bytes())]))
    assert [one.partition for one in found] == ["V202401b/HS17/2022", "V202401b/countries"]
    flows = found[0].tables["flows"].to_pylist()
    assert [(f["exporter_code"], f["value_kusd"], f["quantity_t"]) for f in flows] == [
        ("156", 100.5, 10.0), ("704", 50.25, None), ("516", 1.0, 1.0), ("156", 70.0, None),
    ]  # fmt: skip


def json_with_nan() -> bytes:
    names = HEADER.strip().split(",")
    rows = [dict(zip(names, line(p, v).strip().split(","), strict=True))
            for p, v in (("156", "1000"), ("704", "500"))]  # fmt: skip
    data: list[dict[str, Any]] = [{**row, "netWgt": 10.0} for row in rows]
    data[1]["netWgt"] = float("nan")
    return json.dumps({"elapsedTime": "0.1 secs", "count": 2, "data": data, "error": ""}).encode()


@pytest.mark.parametrize("file", [
    pytest.param(raw_file("nan.json", json_with_nan()), id="small"),
    pytest.param(case("10_json_with_nan", "nan.json", json_with_nan()), id="reported"),
])  # fmt: skip
def test_json_with_nan(file: RawFile) -> None:
    rows, _ = trade(file)
    weights = {row["partner_code"]: row["net_wgt_kg"] for row in rows}
    assert weights == {"156": 10.0, "704": None}
    assert [row["primary_value_usd"] for row in rows] == [1000.0, 500.0]


@pytest.mark.parametrize("file", [
    pytest.param(raw_file("dash.csv", DASH), id="small"),
    pytest.param(case("13_period_with_dash", "dash.csv", DASH), id="reported"),
])  # fmt: skip
def test_periods_with_a_dash(file: RawFile) -> None:
    rows, (parsed,) = trade(file)
    assert (rows[0]["period"], rows[0]["freq_code"], rows[0]["ref_month"]) == ("202203", "M", 3)
    [bad] = parsed.quarantine
    assert "neither a year (2024) nor a month (202401, 2024-01)" in bad.reason


@pytest.mark.parametrize("period", ["2022-Q1", "Q1 2022", "2022-13", "Mar-22", "22-03"])
def test_a_period_of_another_form_is_refused_with_its_form(period: str) -> None:
    with pytest.raises(
        CorruptFileError, match=r"no valid period: neither a year \(2024\)"
    ) as caught:
        trade(raw_file("x.csv", HEADER + line("156", "1000", period=period)))
    assert period in str(caught.value)
    assert "write its periods as 2024 or 202401" in str(caught.value)


@pytest.mark.parametrize("period", ["2098", "209801"])
def test_a_period_in_the_future_is_refused(period: str) -> None:
    with pytest.raises(CorruptFileError, match="it is in the future"):
        trade(raw_file("x.csv", HEADER + line("156", "1000", period=period)))


def many(n: int) -> str:
    return HEADER + "".join(line(str(partner), "5") for partner in range(1, n + 1))


@pytest.mark.parametrize("cut_at", [0.2, 0.62, 0.9])
def test_a_cut_table_is_refused(cut_at: float) -> None:
    whole = many(400)
    at = whole.index(",", int(len(whole) * cut_at))
    with pytest.raises(CorruptFileError, match="its last line is cut"):
        trade(raw_file("cut.csv", whole[:at]))


@pytest.mark.skipif(not CASES.is_dir(), reason=f"the reported table is not in {CASES}")
def test_the_reported_cut_table() -> None:
    path = CASES / "21_cut_csv" / "cut.csv"
    with pytest.raises(CorruptFileError, match="interrupted download looks like this"):
        trade(raw_file(path.name, path.read_bytes()))


def test_a_large_table_without_the_end_of_its_last_line_is_refused() -> None:
    whole = HEADER + "".join(line(str(1 + n % 900), str(n)) for n in range(1, 1200))
    with pytest.raises(CorruptFileError, match="last line has no end"):
        trade(raw_file("cut.csv", whole.rstrip("\n")))


@pytest.mark.parametrize("n_rows", [499, 500, 501])
def test_a_table_at_the_row_cap_may_lack_rows(n_rows: int) -> None:
    file = raw_file("preview.csv", many(n_rows))
    if n_rows == 500:
        with pytest.raises(CorruptFileError, match="the most of one answer"):
            trade(file)
    else:
        assert len(trade(file)[0]) == n_rows


@pytest.mark.parametrize(
    "text",
    [many(500) + HEADER, HEADER + many(500), many(200) + many(500), many(500) + many(500)],
    ids=["header below", "header above", "pasted below another answer", "two previews"],
)
def test_a_header_line_amid_the_rows_does_not_hide_the_row_cap(text: str) -> None:
    with pytest.raises(CorruptFileError, match="500 rows, the most of one answer"):
        trade(raw_file("preview.csv", text))


def test_pasted_answers_below_the_row_cap_land() -> None:
    rows, (parsed,) = trade(raw_file("pasted.csv", many(300) + many(200)))
    assert (len(rows), len(parsed.quarantine)) == (500, 1)


def test_a_pasted_header_line_is_quarantined() -> None:
    rows, (parsed,) = trade(raw_file("x.csv", NAN + HEADER + line("76", "7")))
    assert [row["partner_code"] for row in rows] == ["156", "36", "0", "76"]
    assert len(parsed.quarantine) == 2


def test_the_codes_of_comtrades_former_website_are_known() -> None:
    path = DBT_PROJECT / "seeds" / "reference" / "country_codes.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        codes = {
            (row["code_system"], row["code"]): row["country_id"] for row in csv.DictReader(rows)
        }
    assert codes["comtrade", "381"] == codes["baci_numeric", "381"] == "ITA"


GROW = (
    "import sys\nwith open(sys.argv[1], 'a') as file:\n while True: file.write('x'); file.flush()"
)


def test_a_file_that_grows_while_it_is_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(NAN * 30_000)
    size = path.stat().st_size
    writer = subprocess.Popen([sys.executable, "-c", GROW, str(path)])
    try:
        while path.stat().st_size == size:
            time.sleep(0.01)
        error = next(filter(None, (_error_of(path) for _ in range(500))), "")
    finally:
        writer.kill()
        writer.wait()
    assert error == "the file changed while it was read"
    assert _error_of(path) == ""


def _error_of(path: Path) -> str:
    try:
        manual_files(find_source("un_comtrade"), [path])
    except CorruptFileError as error:
        return error.what
    return ""


@pytest.mark.parametrize("name", ["a.csv.crdownload", "a.zip.part"])
def test_an_unfinished_download_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(NAN)
    with pytest.raises(SourceError, match="not complete yet"):
        manual_files(find_source("un_comtrade"), [tmp_path / name])
    (tmp_path / "a.csv").write_text(NAN)
    (tmp_path / "Thumbs.db").write_text("x")
    (tmp_path / "~$a.csv").write_text("x")
    (tmp_path / name).unlink()
    found = manual_files(find_source("un_comtrade"), [tmp_path])
    assert [file.name for file in found] == ["a.csv"]
