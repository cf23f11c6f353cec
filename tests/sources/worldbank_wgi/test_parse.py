"""The three layouts of the governance indicators, and invalid files.

The CSV lines are a real excerpt (World Bank, Worldwide Governance Indicators, CC BY 4.0).
"""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.worldbank_wgi.bundle_selection import select_bundle
from sources.worldbank_wgi.parse import parse
from tests.sources.files import raw_file

HEADER = (
    "codeindyr,code,countryname,year,indicator,estimate,stddev,nsource,"
    "pctrank,pctranklower,pctrankupper\n"
)
LINES = (
    "AFGcc1996,AFG,Afghanistan,1996,cc,-1.291704773902893,0.34050697088241577,2,4.3,0,27.4\n"
    "ASMcc1996,ASM,American Samoa,1996,cc,..,..,..,..,..,..\n"
    'BHSpv2023,BHS,"Bahamas, The",2023,pv,0.8,0.25,6,1,2,3\n'
)


def only(content: bytes | str, name: str = "wgi.csv") -> Parsed:
    (parsed,) = parse([raw_file(name, content)])
    return parsed


def test_the_long_csv() -> None:
    parsed = only(HEADER + LINES)
    rows = parsed.tables["indicators"].to_pylist()
    assert (parsed.partition, parsed.edition) == ("2024", "2024")
    assert (parsed.known_from_date, parsed.known_from_basis) == (date(2024, 11, 30), "inferred")
    assert rows[0]["estimate"] == -1.291704773902893
    assert rows[0]["n_sources"] == 2
    assert rows[0]["row_locator"] == "wgi.csv:2"
    assert rows[2]["country_name"] == "Bahamas, The"


def test_missing_stays_missing_with_its_text() -> None:
    row = only(HEADER + LINES).tables["indicators"].to_pylist()[1]
    assert (row["estimate"], row["stddev"], row["n_sources"]) == (None, None, None)
    assert row["value_text"] == ".."


def test_the_workbook_reads_as_the_csv() -> None:
    book = openpyxl.Workbook()
    book.active.append(["About"])
    sheet = book.create_sheet("wgidataset")
    sheet.append(HEADER.strip().split(","))
    sheet.append(["AFGcc2023", "AFG", "Afghanistan", 2023, "cc", -1.5, 0.25, 9, 1, 2, 3])
    sheet.append(["ASMcc2023", "ASM", "American Samoa", 2023, "cc", *[".."] * 6])
    content = io.BytesIO()
    book.save(content)
    rows = only(content.getvalue(), "wgidataset.xlsx").tables["indicators"].to_pylist()
    assert [(r["country_code"], r["year"], r["estimate"]) for r in rows] == [
        ("AFG", 2023, -1.5),
        ("ASM", 2023, None),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("x,AFG,Afghanistan,2022,zz,1,1,1,1,1,1\n", "unknown dimension 'zz'"),
        ("x,AFG,Afghanistan,2O22,cc,1,1,1,1,1,1\n", "not a year"),
        ("x,AFG,Afghanistan,2022,cc,high,1,1,1,1,1\n", "estimate is not a number"),
        ("x,,Afghanistan,2022,cc,1,1,1,1,1,1\n", "no country code"),
        ("x,AFG,Afghanistan\n", "3 cells where the header has 11"),
    ],
)
def test_an_invalid_row_is_quarantined(line: str, reason: str) -> None:
    parsed = only(HEADER + line + LINES)
    assert parsed.tables["indicators"].num_rows == 3
    assert [(row.file, row.line) for row in parsed.quarantine] == [("wgi.csv", 2)]
    assert reason in parsed.quarantine[0].reason


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("", CorruptFileError, "empty"),
        ("iso,year\nAFG,2020\n", UnknownLayoutError, "known layouts are: long_csv"),
        (HEADER.replace("stddev", "sd") + LINES, UnknownLayoutError, "lacks the columns stddev"),
        (HEADER, CorruptFileError, "no row with an estimate"),
        (HEADER + LINES + LINES.splitlines()[0] + "\n", CorruptFileError, "is at wgi"),
        (b"PK\x03\x04 cut short", CorruptFileError, "zip is broken"),
        ("[{", CorruptFileError, "not a whole page"),
        (
            '[{"message":[{"id":"120","value":"Invalid indicator"}]}]',
            CorruptFileError,
            "Invalid ind",
        ),
    ],
)
def test_an_invalid_file_is_rejected(
    content: bytes | str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        only(content)


def test_the_selection_keeps_years_and_rounds() -> None:
    (selected,) = select_bundle(parse([raw_file("wgi.csv", HEADER + LINES)]))
    rows = selected.tables["indicators"].to_pylist()
    assert [(r["country_code"], r["estimate"], r["value_text"]) for r in rows] == [
        ("BHS", 0.8, None)
    ]


def test_the_bundle_is_what_the_publishers_file_compiles_to(shared_data: Path) -> None:
    name = "wgi_1996_2023_long.csv"
    content = (shared_data / "reference" / "wgi" / name).read_bytes()
    (selected,) = select_bundle(parse([raw_file(name, content)]))
    spec = find_source("worldbank_wgi")
    bundled = pq.read_table(spec.bundled / "indicators" / "2024.parquet").to_pylist()
    keys = ("country_code", "year", "indicator")
    fresh = {tuple(row[k] for k in keys): row for row in selected.tables["indicators"].to_pylist()}
    assert len(bundled) == len(fresh) == 17_976
    assert all(row == fresh[tuple(row[k] for k in keys)] for row in bundled)
