"""BACI's layouts: CEPII's own and three re-shaped ones, all into one schema."""

from __future__ import annotations

import gzip
from datetime import date

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sources.cepii_baci.clean import to_typed_columns
from sources.cepii_baci.layouts import LAYOUTS, read_raw_columns
from sources.cepii_baci.parse import parse
from sources.kit.archives import iter_members
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.cepii_baci import excerpts as x
from tests.sources.files import parquet_bytes, raw_file, zip_bytes


def only(file: RawFile) -> Parsed:
    (parsed,) = parse([file])
    return parsed


def test_native_csv_keeps_zeros_and_namibia_and_missing_tonnes() -> None:
    parsed = only(raw_file(x.NATIVE_NAME, x.NATIVE_2022))
    rows = parsed.tables["flows"].to_pylist()
    assert parsed.partition == "V202601/HS17/2022"
    assert (parsed.known_from_date, parsed.known_from_basis) == (date(2026, 1, 31), "inferred")
    assert [r["product_code"] for r in rows] == ["850511", "850511", "252922", "283691"]
    assert [r["quantity_t"] for r in rows] == [4012.5, None, None, 0.25]
    assert [r["exporter_code"] for r in rows] == ["156", "490", "516", "516"]
    assert {r["code_system"] for r in rows} == {"baci_numeric"}
    assert {r["nomenclature"] for r in rows} == {"HS2017"}
    assert rows[0]["row_locator"] == f"{x.NATIVE_NAME}:2"
    assert parsed.tables["flows"].schema == find_source("cepii_baci").tables["flows"].schema


def test_native_zip_gives_a_partition_per_year_and_the_countries() -> None:
    other = x.NATIVE_2022.replace("2022,", "2023,")
    files = {
        "BACI_HS17_Y2022_V202601.csv": x.NATIVE_2022,
        "BACI_HS17_Y2023_V202601.csv": other,
        "country_codes_V202601.csv": x.COUNTRIES,
        "product_codes_HS17_V202601.csv": "code,description\n010121,Horses\n",
        "Readme.txt": "about",
    }
    parsed = {p.partition: p for p in parse([raw_file("BACI_HS17_V202601.zip", zip_bytes(files))])}
    assert set(parsed) == {"V202601/HS17/2022", "V202601/HS17/2023", "V202601/countries"}
    countries = parsed["V202601/countries"].tables["countries"].to_pylist()
    assert [c["country_iso2"] for c in countries][2:4] == [None, "NA"]


OLDER_COUNTRIES = (
    "country_code,country_name_abbreviation,country_name_full,iso_2digit_alpha,iso_3digit_alpha\n"
    "4,Afghanistan,Afghanistan,AF,AFG\n"
    "8,Albania,Albania,AL,ALB\n"
    '490,"Other Asia, nes","Other Asia, not elsewhere specified",N/A,N/A\n'
    "516,Namibia,Namibia,NA,NAM\n"
    "384,Côte d'Ivoire,Côte d'Ivoire,CI,CIV\n"
)


def cepii_zip(nomenclature: str, edition: str, value: float) -> RawFile:
    """A zip as CEPII publishes it, unpacked and packed again by a file manager."""
    flows = f"t,i,j,k,v,q\n2022,4,8,284690,{value},   NA\n2022,8,4,284690,1,2\n"
    files: dict[str, str | bytes] = {
        f"BACI_{nomenclature}_Y2022_{edition}.csv": flows,
        f"country_codes_{edition}.csv": OLDER_COUNTRIES.encode("cp1252"),
        f"product_codes_{nomenclature}_{edition}.csv": "code,description\n010121,Horses\n",
        "Readme.txt": "about",
        "__MACOSX/._Readme.txt": "left by a file manager",
        ".DS_Store": "as is this",
        "Thumbs.db": "and this",
    }
    return raw_file(f"BACI_{nomenclature}_{edition}.zip", zip_bytes(files))


@pytest.mark.parametrize("is_packed_together", [False, True])
def test_zips_of_several_editions_and_nomenclatures_land_together(is_packed_together: bool) -> None:
    zips = [cepii_zip("HS17", "V202301", 1), cepii_zip("HS92", "V202301", 2),
            cepii_zip("HS22", "V202401b", 3), cepii_zip("HS22", "V202401", 4)]  # fmt: skip
    if is_packed_together:
        zips = [raw_file("all.zip", zip_bytes({file.name: file.content for file in zips}))]
    parsed = {p.partition: p for p in parse(zips)}
    values = {
        name: one.tables["flows"]["value_kusd"][0].as_py()
        for name, one in parsed.items()
        if "flows" in one.tables
    }
    assert values == {
        "V202301/HS17/2022": 1.0, "V202301/HS92/2022": 2.0, "V202401b/HS22/2022": 3.0,
        "V202401/HS22/2022": 4.0,
    }  # fmt: skip
    assert set(parsed) - set(values) == {
        "V202301/countries", "V202401/countries", "V202401b/countries",
    }  # fmt: skip
    assert parsed["V202401b/countries"].known_from_date == date(2024, 1, 31)
    flows = parsed["V202301/HS17/2022"].tables["flows"].to_pylist()
    assert [(f["exporter_code"], f["importer_code"]) for f in flows] == [("4", "8"), ("8", "4")]
    listed = parsed["V202301/countries"].tables["countries"].to_pylist()
    assert [(c["country_code"], c["country_iso2"]) for c in listed] == [
        ("4", "AF"), ("8", "AL"), ("490", None), ("516", "NA"), ("384", "CI"),
    ]  # fmt: skip
    assert listed[-1]["country_name"] == "Côte d'Ivoire"


def test_padded_country_codes_are_those_of_the_list() -> None:
    native = x.NATIVE_2022.replace("156,392", "004,008.0")
    rows = only(raw_file(x.NATIVE_NAME, native)).tables["flows"].to_pylist()
    assert (rows[0]["exporter_code"], rows[0]["importer_code"]) == ("4", "8")


@pytest.mark.parametrize("revision", ["HS92", "HS02", "HS12", "HS22"])
def test_any_nomenclature_is_read(revision: str) -> None:
    name = f"BACI_{revision}_Y2022_V202501.csv"
    table = only(raw_file(name, x.NATIVE_2022)).tables["flows"]
    year = int(revision[2:]) + (1900 if revision > "HS90" else 2000)
    assert table["nomenclature"][0].as_py() == f"HS{year}"


def test_a_product_that_lost_its_zero_gets_it_back() -> None:
    raw = read_raw_columns(
        next(iter_members(x.slice_2024(), "cepii_baci")), LAYOUTS["product_slice_parquet"]
    )
    cheese = pa.chunked_array([["40690"] * raw.num_rows])
    raw = raw.set_column(raw.schema.get_field_index("product"), "product", cheese)
    assert to_typed_columns(raw, LAYOUTS["product_slice_parquet"], ("HS17", 2024))["product"][
        0
    ].as_py() == ("040690")


def test_products_out_of_scope_are_dropped_and_invalid_codes_are_quarantined() -> None:
    more = x.NATIVE_2022 + "2022,156,392,610910,7,1\n2022,156,392,shirts,7,1\n"
    parsed = only(raw_file(x.NATIVE_NAME, more))
    assert parsed.tables["flows"].num_rows == 4
    assert [q.line for q in parsed.quarantine] == [7]
    assert parsed.tables["flows"]["row_locator"][3].as_py() == f"{x.NATIVE_NAME}:5"


def test_slices_are_read_in_their_units() -> None:
    usd = only(x.slice_2022()).tables["flows"].to_pylist()
    kusd = only(x.slice_2024()).tables["flows"].to_pylist()
    assert usd[0]["value_kusd"] == pytest.approx(229683.019)
    assert (usd[1]["exporter_code"], usd[1]["code_system"]) == ("S19", "iso3")
    assert kusd[0]["value_kusd"] == 156879.57
    assert kusd[2]["quantity_t"] is None
    assert not any(r["is_truncated"] for r in usd + kusd)


def test_the_basket_811292_exists_once() -> None:
    rows = only(x.top_2023()).tables["flows"].to_pylist()
    keys = [(r["product_code"], r["exporter_code"], r["value_kusd"]) for r in rows]
    assert keys.count(("811292", "CN", 9831.963)) == 1
    assert {r["product_code"] for r in rows} == {"811292", "282200", "850511"}
    assert {r["exporter_code"] for r in rows} == {"CN", "NA", "TW"}
    assert all(r["is_truncated"] for r in rows)


def test_rows_of_811231_that_repeat_nothing_are_rejected() -> None:
    columns = {**x.TOP_2023, "value_usd": [1.0, 1.0, 2.0, 3.0, 4.0]}
    with pytest.raises(CorruptFileError, match="811231 is not in HS revisions before 2022"):
        only(raw_file(x.TOP_NAME, parquet_bytes(columns)))


def test_a_complete_year_takes_precedence_over_a_truncated_one() -> None:
    columns = {**x.TOP_2023, "year": [2022] * 5}
    top = raw_file(x.TOP_NAME, parquet_bytes(columns))
    (parsed,) = parse([top, x.slice_2022()])
    assert parsed.files[0].name == x.SLICE_2022_NAME


def test_invalid_rows_are_quarantined() -> None:
    bad = "2022,156,156,850511,5,1\n2022,156,392,850511,-1,1\n2021,156,392,850511,5,1\n"
    parsed = only(raw_file(x.NATIVE_NAME, x.NATIVE_2022 + bad))
    assert [q.line for q in parsed.quarantine] == [6, 7, 8]
    assert parsed.tables["flows"].num_rows == 4


@pytest.mark.parametrize(
    ("name", "content", "error", "message"),
    [
        (x.NATIVE_NAME, b"", CorruptFileError, "empty"),
        (x.SLICE_2022_NAME, gzip.compress(x.SLICE_2022.encode())[:-9], CorruptFileError, "gzip"),
        (
            "BACI_HS17_V202601.zip",
            zip_bytes({"a.csv": x.NATIVE_2022})[:-30],
            CorruptFileError,
            "zip",
        ),
        (x.SLICE_2024_NAME, parquet_bytes(x.SLICE_2024)[:-40], CorruptFileError, "Parquet"),
        (x.NATIVE_NAME, "t,i,j,k,v,q\n2022,156", CorruptFileError, "last line is cut"),
        (x.NATIVE_NAME, "t,i,j,k,v,q\n", CorruptFileError, "no row"),
        (x.NATIVE_NAME, "t,i,j,k,v,q\n156,392,850511,1.5,,2022\n", CorruptFileError, "shifted"),
        (x.NATIVE_NAME, x.NATIVE_2022 * 1 + x.NATIVE_2022[12:], CorruptFileError, "more than once"),
        ("BACI.csv", x.NATIVE_2022, UnknownLayoutError, "edition"),
        ("BACI_V202601.csv", x.NATIVE_2022, UnknownLayoutError, "HS revision"),
        ("x_V202601.csv", "a,b\n1,2\n", UnknownLayoutError, "top_partners_parquet"),
        ("x_V202601.7z", b"7z\xbc\xaf\x27\x1c...", CorruptFileError, "7z is broken"),
    ],
)
def test_an_invalid_file_is_rejected_with_a_remedy(
    name: str, content: bytes | str, error: type[SourceError], message: str
) -> None:
    with pytest.raises(error, match=message) as caught:
        list(parse([raw_file(name, content)]))
    assert "What to do" in str(caught.value)


def test_a_repeated_file_or_year_is_rejected() -> None:
    native = raw_file(x.NATIVE_NAME, x.NATIVE_2022)
    with pytest.raises(SourceError, match="given twice"):
        list(parse([native, raw_file("copy_" + x.NATIVE_NAME, x.NATIVE_2022)]))
    with pytest.raises(CorruptFileError, match="two files give V202601/HS17/2022, with other"):
        list(parse([native, x.slice_2022()]))


def test_a_zip_and_the_file_unpacked_from_it_are_one() -> None:
    zipped = raw_file("BACI_HS17_V202601.zip", zip_bytes({x.NATIVE_NAME: x.NATIVE_2022}))
    (parsed,) = parse([zipped, raw_file(x.NATIVE_NAME, x.NATIVE_2022)])
    assert parsed.tables["flows"].num_rows == 4


def test_a_table_saved_as_txt_is_read_and_a_readme_is_not() -> None:
    text, readme = x.NATIVE_NAME.replace(".csv", ".txt"), ("Readme.txt", "BACI, CEPII\n")
    files = {text: x.NATIVE_2022, readme[0]: readme[1]}
    (parsed,) = parse([raw_file("d.zip", zip_bytes(files))])
    found = parsed.tables["flows"].num_rows
    (parsed,) = parse([raw_file(text, x.NATIVE_2022)])
    assert found == parsed.tables["flows"].num_rows == 4


@pytest.mark.parametrize("old", ["2022,156,392", "392,850511"])
def test_letters_among_the_publishers_numbers_are_quarantined(old: str) -> None:
    content = x.NATIVE_2022.replace(old, old.replace("156", "CHN").replace("392", "JPN"), 1)
    (parsed,) = parse([raw_file(x.NATIVE_NAME, content)])
    (bad,) = parsed.quarantine
    assert bad.reason in ("not an exporter's code", "not an importer's code")


@settings(deadline=None, max_examples=50)
@given(st.lists(st.text(alphabet="tijkvqabcmd_", min_size=1, max_size=8), max_size=8))
def test_other_headers_are_not_recognised(names: list[str]) -> None:
    header = ",".join(names)
    if header in ("t,i,j,k,v,q", "i,j,cmd,value"):
        return
    with pytest.raises((UnknownLayoutError, CorruptFileError)):
        list(parse([raw_file(x.NATIVE_NAME, header + "\n1,2\n")]))
