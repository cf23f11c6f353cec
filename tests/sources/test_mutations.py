"""Every publisher's excerpt, written in another way or with a bad figure, through its parser.

What keeps the meaning gives identical rows; a bad figure gives a quarantined row or a refusal.
"""

from __future__ import annotations

import bz2
import codecs
import csv
import gzip
import io
import json
import lzma
import random
import re
import tarfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import LINEAGE, NO_VALUE, Parsed
from sources.kit.errors import SourceError
from tests.sources.bgs_wms.conftest import RECORDS, as_csv
from tests.sources.cepii_baci import excerpts as baci
from tests.sources.cepii_geodist.test_geodist import COUNTRIES, PAIRS
from tests.sources.eto_chip_explorer.test_parse import STATE
from tests.sources.eu_crm.test_parse import GLOBAL, INPUTS, RATES, SHARES
from tests.sources.eurostat_comext.test_comext import NUMERIC, V1, V2
from tests.sources.files import raw_file, zip_bytes
from tests.sources.global_trade_alert.test_parse import LINE, OBJECT, export
from tests.sources.policy_tracker.test_parse import IEA, RECORD, csv_of
from tests.sources.uk_hmrc.test_hmrc import PAGE
from tests.sources.un_comtrade.test_parse import API_HEADER, API_LINE, API_OBJECT, envelope
from tests.sources.us_census.test_census import RESPONSE
from tests.sources.user_production.test_parse import OWN
from tests.sources.worldbank_pink_sheet.test_pink_sheet import PRICES
from tests.sources.worldbank_wgi.test_parse import HEADER, LINES

FIXTURES = Path(__file__).parent
USGS = FIXTURES / "usgs_mcs" / "fixtures" / "mcs2024-galli_world.csv"
HS = sorted((FIXTURES / "un_hs" / "fixtures").glob("*.csv"))
LEGACY = (
    "Classification,Year,Period,Trade Flow Code,Trade Flow,Reporter Code,Reporter,Partner Code,"
    "Partner,Commodity Code,Commodity,Netweight (kg),Trade Value (US$),Flag\n"
    'H5,2018,2018,1,Import,381,Italy,156,China,284690,"Compounds, rare-earth",100,900000,0\n'
    'H5,2018,2018,1,Import,381,Italy,842,USA,284690,"Compounds, rare-earth",100,100000,0\n'
)


def usgs(name: str, encoding: str = "utf-8-sig") -> dict[str, str]:
    return {name: USGS.with_name(name).read_text(encoding=encoding)}


@dataclass(frozen=True)
class Excerpt:
    """Files of one source; `figure` is the text of a number that occurs once in them."""

    source_id: str
    files: Mapping[str, str]
    figure: str = ""

    def parse(self, change: Callable[[str, str], tuple[str, bytes]]) -> list[Parsed]:
        raw = [raw_file(*change(name, text)) for name, text in self.files.items()]
        return list(find_source(self.source_id).parse(raw))


API = f"{API_HEADER}\n{API_LINE}\n{API_LINE.replace(',156,', ',36,').replace('120.5', '7.25')}\n"
TABLES = {
    "baci": Excerpt("cepii_baci", {baci.NATIVE_NAME: baci.NATIVE_2022}, "3784.549"),
    "baci_countries": Excerpt("cepii_baci", {baci.COUNTRIES_NAME: baci.COUNTRIES}),
    "baci_slice": Excerpt("cepii_baci", {"baci_v202601_hs17_2022_full.csv": baci.SLICE_2022},
                          "3784549.0"),
    "bgs": Excerpt("bgs_wms", {"bgs.csv": as_csv(RECORDS).decode()}, "70001"),
    "comext_v2": Excerpt("eurostat_comext", {"full_v2_202452.csv": V2}, "600"),
    "comext_v1": Excerpt("eurostat_comext", {"full_201903.csv": V1}, "600"),
    "comext_numeric": Excerpt("eurostat_comext", {"full_201252.csv": NUMERIC}, "600"),
    "comtrade_api": Excerpt("un_comtrade", {"api.csv": API}, "7.25"),
    "comtrade_legacy": Excerpt("un_comtrade", {"legacy.csv": LEGACY}, "900000"),
    "eu_inputs": Excerpt("eu_crm", {"inputs.csv": INPUTS}, "3.2"),
    "eu_rates": Excerpt("eu_crm", {"rates.csv": RATES}, "0.17"),
    "eu_shares": Excerpt("eu_crm", {GLOBAL: SHARES}),
    "eto": Excerpt("eto_chip_explorer", STATE),
    "geodist_pairs": Excerpt("cepii_geodist", {"p.csv": PAIRS}, "280.4"),
    "geodist_countries": Excerpt("cepii_geodist", {"c.csv": COUNTRIES}, "-22.57"),
    "gta": Excerpt("global_trade_alert", {"export.csv": export(LINE).content.decode()}),
    "hs": Excerpt("un_hs", {path.name: path.read_text(encoding="utf-8") for path in HS}),
    "pink_sheet": Excerpt("worldbank_pink_sheet", {"prices.csv": PRICES}, "105.41"),
    "tracker": Excerpt(
        "policy_tracker",
        {"tracker.csv": csv_of([RECORD], [c.name for c in IEA.columns]).content.decode()},
    ),
    "user": Excerpt("user_production", {"own.csv": OWN}, "610"),
    "usgs": Excerpt("usgs_mcs", {USGS.name: USGS.read_text(encoding="utf-8-sig")}),
    "usgs_salient": Excerpt("usgs_mcs", usgs("mcs2024-galli_salient.csv")),
    "usgs_single": Excerpt("usgs_mcs", usgs("MCS2025_World_Data.csv")),
    "usgs_long": Excerpt("usgs_mcs", usgs("MCS2026_Commodities_Data.csv", "cp1252")),
    "wgi": Excerpt("worldbank_wgi", {"wgi.csv": HEADER + LINES}, "-1.291704773902893"),
}  # fmt: skip
JSONS = {
    "bgs": Excerpt("bgs_wms", {"bgs.json": json.dumps({
        "type": "FeatureCollection", "features": [{"properties": one} for one in RECORDS],
        "numberReturned": len(RECORDS)})}, "70001"),
    "census": Excerpt("us_census", {"imports.json": json.dumps(RESPONSE)}, '"200"'),
    "comtrade": Excerpt("un_comtrade", {"page.json": envelope(
        API_OBJECT, API_OBJECT | {"partnerCode": 36, "primaryValue": 7.25}).decode()}, "7.25"),
    "gta": Excerpt("global_trade_alert", {"page.json": json.dumps([OBJECT])}),
    "hmrc": Excerpt("uk_hmrc", {"ots.json": json.dumps(PAGE)}, "1000.0"),
}  # fmt: skip


def rewritten(text: str, *, order: Sequence[int] | None = None, **options: Any) -> str:
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO()
    writer = csv.writer(out, **{"lineterminator": "\n", **options})
    for row in rows:
        writer.writerow([row[i] for i in order] if order and len(row) == len(order) else row)
    return out.getvalue()


def reordered(text: str) -> str:
    n_columns = len(next(csv.reader(io.StringIO(text, newline=""))))
    order = list(range(n_columns))
    random.Random(11).shuffle(order)
    return rewritten(text, order=order)


def with_names(text: str, change: Callable[[str], str]) -> str:
    """The table with its column names in another case, as statistics programs write them."""
    header, end, rows = text.partition("\n")
    return change(header) + end + rows


def spaced(text: str) -> str:
    """The table with padded cells, as fixed-width exports and some editors write them."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(rows[0])
    writer.writerows([f" {cell} " if cell else cell for cell in row] for row in rows[1:])
    return out.getvalue()


def with_leftovers(name: str, text: str) -> bytes:
    return zip_bytes({
        f"folder/{name}": text, f"__MACOSX/folder/._{name}": b"\0\5\x16\7", ".DS_Store": b"\0\0",
        "folder/Thumbs.db": b"\xd0\xcf", f"folder/~${name}": b"x", "folder/desktop.ini": "[x]",
        f"folder/{name}.bak": text[:9], f"folder/{name}~": text[:9],
        f"folder/.~lock.{name}#": ",me", f"folder/.ipynb_checkpoints/{name}": text[:9],
        "folder/Readme.txt": "By the publisher, in 2026\n", "LICENSE": "CC BY 4.0\n",
        "folder/abc_Series - Metadata.csv": "Code,Name\n1,x\n", "folder/notes.pdf": b"%PDF-1.4",
    })  # fmt: skip


def zstandard(text: str) -> bytes:
    out = pa.BufferOutputStream()
    with pa.CompressedOutputStream(out, "zstd") as stream:
        stream.write(text.encode())
    return out.getvalue().to_pybytes()


def in_tar(name: str, text: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for member, content in ((f"./folder/{name}", text.encode()), ("folder/._x", b"\0\5")):
            info = tarfile.TarInfo(member)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def numbered(text: str, name: str, first: int) -> str:
    """The table with the numbers of its rows before it."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow([name, *header])
    writer.writerows([number, *row] for number, row in enumerate(rows, first))
    return out.getvalue()


def with_cells(text: str, pattern: str, replacement: str) -> str:
    """The table with another text in the cells below the header that match."""
    header, *rows = csv.reader(io.StringIO(text, newline=""))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    whole = re.compile(f"^(?:{pattern})$")
    writer.writerows([whole.sub(replacement, cell) for cell in row] for row in rows)
    return out.getvalue()


Change = Callable[[str, str], tuple[str, bytes]]


def as_bytes(convert: Callable[[str], str | bytes]) -> Change:
    def change(name: str, text: str) -> tuple[str, bytes]:
        found = convert(text)
        return name, found if isinstance(found, bytes) else found.encode()

    return change


SAME_TEXT: dict[str, Change] = {
    "byte order mark": as_bytes(lambda text: text.encode("utf-8-sig")),
    "UTF-16": as_bytes(lambda text: text.encode("utf-16")),
    "UTF-16 big endian": as_bytes(lambda text: b"\xfe\xff" + text.encode("utf-16-be")),
    "UTF-16 without mark": as_bytes(lambda text: text.encode("utf-16-le")),
    "gzip": lambda name, text: (f"{name}.gz", gzip.compress(text.encode())),
    "gzip of UTF-16": lambda name, text: (f"{name}.gz", gzip.compress(text.encode("utf-16"))),
    "gzip of gzip": lambda name, text: (
        f"{name}.gz",
        gzip.compress(gzip.compress(text.encode())),
    ),
    "bzip2": lambda name, text: (f"{name}.bz2", bz2.compress(text.encode())),
    "xz": lambda name, text: (f"{name}.xz", lzma.compress(text.encode())),
    "Zstandard": lambda name, text: (f"{name}.zst", zstandard(text)),
    "tar": lambda name, text: (f"{name}.tar", in_tar(name, text)),
    "tar in a gzip": lambda name, text: (f"{name}.tgz", gzip.compress(in_tar(name, text))),
    "two byte order marks": as_bytes(lambda text: codecs.BOM_UTF8 + text.encode("utf-8-sig")),
    "zip with leftovers": lambda name, text: (f"{name}.zip", with_leftovers(name, text)),
    "downloaded twice": lambda name, text: (
        f"{Path(name).stem} (1){Path(name).suffix}",
        text.encode(),
    ),
}
SAME_TABLE: dict[str, Change] = {
    **SAME_TEXT,
    "CRLF": as_bytes(lambda text: text.replace("\n", "\r\n")),
    "semicolons": as_bytes(lambda text: rewritten(text, delimiter=";")),
    "tabs": as_bytes(lambda text: rewritten(text, delimiter="\t")),
    "bars": as_bytes(lambda text: rewritten(text, delimiter="|")),
    "all quoted": as_bytes(lambda text: rewritten(text, quoting=csv.QUOTE_ALL)),
    "Excel's Unicode text": as_bytes(
        lambda text: rewritten(text, delimiter="\t", lineterminator="\r\n").encode("utf-16")
    ),
    "Excel's line above": as_bytes(lambda text: "sep=;\n" + rewritten(text, delimiter=";")),
    "line ends of an old Mac": as_bytes(lambda text: text.replace("\n", "\r")),
    "row numbers of R": as_bytes(lambda text: numbered(text, "", 1)),
    "row numbers of pandas": as_bytes(lambda text: numbered(text, "Unnamed: 0", 0)),
    "row numbers of pandas, twice": as_bytes(lambda text: numbered(text, "Unnamed: 0.1", 0)),
    "numbers kept as texts": as_bytes(
        lambda text: with_cells(text, r"(-?\d+(?:\.\d+)?)", r'="\1"')
    ),
    "blank lines": as_bytes(lambda text: f"\n{text}\n\n"),
    "columns in another order": as_bytes(reordered),
    "a column without a name": as_bytes(
        lambda text: "".join(f"{line},\n" for line in rewritten(text).splitlines())
    ),
    "no end of the last line": as_bytes(lambda text: text.rstrip("\n")),
    "blanks around the cells": as_bytes(lambda text: spaced(text)),
    "a title above": as_bytes(lambda text: f"A title\nof 15 November 2026, extracted\n\n{text}"),
    "notes below": as_bytes(lambda text: f"{text.rstrip()}\n\nSource: the publisher\n: absent\n"),
}


#: Column names in another case; of the others the case separates layouts, or is kept as data.
NAMES: dict[str, Change] = {
    "names in capitals": as_bytes(lambda text: with_names(text, str.upper)),
    "names in small letters": as_bytes(lambda text: with_names(text, str.lower)),
}
CASE_COUNTS = ("eu_inputs", "eu_rates", "eu_shares", "tracker", "usgs_salient")
#: Years as a program writes them that took their column for floats, because a cell was empty.
YEARS: dict[str, Change] = {
    "years as floats": as_bytes(lambda text: with_cells(text, r"((?:19|20)\d\d)", r"\1.0")),
}
#: Row numbers with a name, which a tracker's mapping refuses as an unknown column.
NUMBERED: dict[str, Change] = {
    "row numbers of Polars": as_bytes(lambda text: numbered(text, "index", 0)),
}
#: Their only cells that look like years are figures, whose text is kept.
NO_YEARS = ("usgs", "usgs_single")


def typed(value: Any) -> Any:
    """Texts of numbers as numbers, as a tool writes them that guesses types; codes lose nothing
    but their quotes: a text with a leading zero stays one."""
    if isinstance(value, dict):
        return {name: typed(one) for name, one in value.items()}
    if isinstance(value, list):
        return [typed(one) for one in value]
    if isinstance(value, str) and re.fullmatch(r"0|[1-9]\d{0,14}", value):
        return int(value)
    return value


def untyped(value: Any) -> Any:
    """Numbers as texts, as a spreadsheet or a database that knows texts only writes them."""
    if isinstance(value, dict):
        return {name: untyped(one) for name, one in value.items()}
    if isinstance(value, list):
        return [untyped(one) for one in value]
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


SAME_JSON: dict[str, Change] = {
    "texts as numbers": as_bytes(lambda text: json.dumps(typed(json.loads(text)))),
    "numbers as texts": as_bytes(lambda text: json.dumps(untyped(json.loads(text)))),
    "whole numbers as floats": as_bytes(
        lambda text: json.dumps(json.loads(text, parse_int=lambda digits: float(digits)))
    ),
    **SAME_TEXT,
    "indented": as_bytes(lambda text: json.dumps(json.loads(text), indent=1)),
    "fields in another order": as_bytes(lambda text: json.dumps(json.loads(text), sort_keys=True)),
    "blanks around": as_bytes(lambda text: f"\r\n {text} \n"),
}


def declared_rows(found: Sequence[Parsed]) -> dict[str, list[tuple[Any, ...]]]:
    """Rows of each partition's tables without their lineage, in a fixed order."""
    rows = {}
    for parsed in found:
        for name, table in parsed.tables.items():
            own = table.drop_columns(LINEAGE.names).to_pylist()
            # the edition of the USGS has a hash of the file
            edition = "" if excerpt_is_issue(name) else parsed.edition
            rows[f"{edition} {name}"] = sorted((tuple(row.items()) for row in own), key=repr)
    return rows


def excerpt_is_issue(table: str) -> bool:
    """Whether a table is of the USGS, where other bytes are another issue of the edition."""
    return table in ("world", "salient", "import_sources")


def plain(name: str, text: str) -> tuple[str, bytes]:
    return name, text.encode()


def cases(excerpts: Mapping[str, Excerpt], changes: Mapping[str, Change]) -> list[Any]:
    return [
        pytest.param(excerpt, change, id=f"{of}: {how}")
        for of, excerpt in excerpts.items()
        for how, change in changes.items()
    ]


@pytest.mark.parametrize(
    ("excerpt", "change"),
    cases(TABLES, SAME_TABLE)
    + cases({of: one for of, one in TABLES.items() if of not in CASE_COUNTS}, NAMES)
    + cases({of: one for of, one in TABLES.items() if of not in NO_YEARS}, YEARS)
    + cases({of: one for of, one in TABLES.items() if of != "tracker"}, NUMBERED)
    + cases(JSONS, SAME_JSON),
)
def test_what_keeps_the_meaning_gives_identical_rows(excerpt: Excerpt, change: Change) -> None:
    wanted, found = excerpt.parse(plain), excerpt.parse(change)
    assert declared_rows(found) == declared_rows(wanted)
    assert sum(len(p.quarantine) for p in found) == sum(len(p.quarantine) for p in wanted)


BAD = ("inf", "-inf", "1e400", "abc", "1.2.3", "12,34,5", "0x10", "१२३x")
MISSING = ("NaN", "nan", "NA", "null", "N/A")


@pytest.mark.parametrize("text", [*BAD, *MISSING])
@pytest.mark.parametrize(
    "excerpt", [e for e in (*TABLES.values(), *JSONS.values()) if e.figure],
    ids=[f"{e.source_id}: {next(iter(e.files))}" for e in (*TABLES.values(), *JSONS.values())
         if e.figure],
)  # fmt: skip
def test_a_bad_figure_is_quarantined_or_refused_and_never_a_number(
    excerpt: Excerpt, text: str
) -> None:
    is_json = next(iter(excerpt.files)).endswith(".json")
    given = f'"{text}"' if is_json or "," in text else text

    def spoil(name: str, content: str) -> tuple[str, bytes]:
        assert excerpt.figure in content
        return name, content.replace(excerpt.figure, given, 1).encode()

    wanted = declared_rows(excerpt.parse(plain))
    try:
        found = excerpt.parse(spoil)
    except SourceError:
        return
    n_bad = sum(len(parsed.quarantine) for parsed in found)
    known = {row for rows in wanted.values() for row in map(_without_missing, rows)}
    new = [row for rows in declared_rows(found).values() for row in rows
           if _without_missing(row) not in known]  # fmt: skip
    if text in BAD:
        assert n_bad > 0 or _is_kept_as_text(new, text)
    for row in new:  # the same row with the figure missing, or the publisher's text of it
        figures = {name: value for name, value in row if isinstance(value, float)}
        assert any(figures.items() <= _figures(old).items() for old in known), row


def _without_missing(row: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple((name, value) for name, value in row if value is not None)


def _figures(row: tuple[Any, ...]) -> dict[str, float]:
    return {name: value for name, value in row if isinstance(value, float)}


def _is_kept_as_text(rows: Sequence[tuple[Any, ...]], text: str) -> bool:
    return any(value == text for row in rows for _, value in row)


#: Excerpts whose figure is the value of a row.
VALUED = {
    "baci": TABLES["baci"], "comext": TABLES["comext_v2"], "comtrade": TABLES["comtrade_legacy"],
    "census": JSONS["census"], "hmrc": JSONS["hmrc"],
}  # fmt: skip


@pytest.mark.parametrize("text", ["NaN", "inf", "NA"])
@pytest.mark.parametrize("excerpt", VALUED.values(), ids=VALUED)
def test_a_row_that_states_no_value_is_quarantined_as_such(excerpt: Excerpt, text: str) -> None:
    def spoil(name: str, content: str) -> tuple[str, bytes]:
        given = f'"{text}"' if name.endswith(".json") else text
        return name, content.replace(excerpt.figure, given, 1).encode()

    reasons = {row.reason for parsed in excerpt.parse(spoil) for row in parsed.quarantine}
    before = {row.reason for parsed in excerpt.parse(plain) for row in parsed.quarantine}
    assert reasons - before == {NO_VALUE}


@pytest.mark.parametrize("excerpt", TABLES.values(), ids=TABLES)
def test_a_table_cut_amid_its_last_line_is_refused(excerpt: Excerpt) -> None:
    def cut(name: str, text: str) -> tuple[str, bytes]:
        last = rewritten(text).rstrip(",\n").rpartition("\n")
        return name, f"{last[0]}\n{last[2][: max(len(last[2]) // 3, 1)]}".encode()

    with pytest.raises(SourceError):
        excerpt.parse(cut)


@pytest.mark.parametrize("excerpt", [*TABLES.values(), *JSONS.values()],
                         ids=[*TABLES, *(f"{name} json" for name in JSONS)])  # fmt: skip
@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04\x14\0 xl/workbook.xml", b"\xd0\xcf\x11\xe0\xa1\xb1",
     b"\0" * 64, b"\xff\xfe\0", b"PK\3\4 not a zip", b"\x1f\x8b not a gzip", b"PAR1 no",
     b"<html><body>blocked</body></html>", b"[" * 100_000, b'{"a":' * 5_000, b"a,a\n1,2\n",
     b"7z\xbc\xaf\x27\x1c no", b"BZh no", b"\xfd7zXZ\0 no", b"\x28\xb5\x2f\xfd no",
     b"\x81\x8d\x8f", b"[[]]", b"[null]", b'{"data":[1],"count":1}',
     b'{"value":[1]}', b'{"type":"FeatureCollection","features":[1]}', b"x\n", b",\n,\n"],
    ids=repr,
)  # fmt: skip
def test_what_is_no_file_of_the_source_is_refused(excerpt: Excerpt, content: bytes) -> None:
    with pytest.raises(SourceError):
        list(excerpt.parse(lambda name, text: (name, content)))
