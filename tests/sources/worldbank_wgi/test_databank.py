"""DataBank's CSV gives the rows of the long CSV; invented figures in the publisher's layout."""

from __future__ import annotations

import csv
import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError
from sources.worldbank_wgi.parse import parse
from tests.sources.files import raw_file, zip_bytes

HEADER = (
    "Country Name,Country Code,Series Name,Series Code,2021 [YR2021],2022 [YR2022],2023 [YR2023]\n"
)
LINES = (
    '"Bahamas, The",BHS,Control of Corruption: Estimate,{p}CC.EST,1.15,1.18,..\n'
    '"Bahamas, The",BHS,Control of Corruption: Number of Sources,{p}CC.NO.SRC,9,8,..\n'
    '"Bahamas, The",BHS,Control of Corruption: Standard Error,{p}CC.STD.ERR,0.15,0.16,..\n'
    '"Bahamas, The",BHS,Control of Corruption: Percentile Rank,{p}CC.PER.RNK,90,91,..\n'
    "Chile,CHL,Rule of Law: Estimate,{p}RL.EST,..,1.0,0.9\n"
)
NOTES = "Data from database: Worldwide Governance Indicators\nLast Updated: 11/05/2024\n"


def only(content: str) -> Parsed:
    (parsed,) = parse([raw_file("abc_Data.csv", content)])
    return parsed


def rows(parsed: Parsed) -> list[tuple[Any, ...]]:
    names = ("country_code", "year", "indicator", "estimate", "stddev", "n_sources")
    return [tuple(row[n] for n in names) for row in parsed.tables["indicators"].to_pylist()]


@pytest.mark.parametrize("prefix", ["", "GOV_WGI_"])
@pytest.mark.parametrize("notes", [f"\n\n\n{NOTES}", "\n" + NOTES.replace("\n", ",,,,,,\n")])
def test_a_column_per_year_is_a_row_per_year(prefix: str, notes: str) -> None:
    parsed = only(HEADER + LINES.format(p=prefix) + notes)
    assert rows(parsed) == [
        ("BHS", 2021, "cc", 1.15, 0.15, 9),
        ("BHS", 2022, "cc", 1.18, 0.16, 8),
        ("BHS", 2023, "cc", None, None, None),
        ("CHL", 2021, "rl", None, None, None),
        ("CHL", 2022, "rl", 1.0, None, None),
        ("CHL", 2023, "rl", 0.9, None, None),
    ]
    first = parsed.tables["indicators"].to_pylist()[0]
    assert (first["country_name"], first["row_locator"]) == ("Bahamas, The", "abc_Data.csv:2")
    assert parsed.quarantine == ()


def test_the_zip_and_the_workbook_of_databank_are_read() -> None:
    text = HEADER + LINES.format(p="")
    archive = {"abc_Data.csv": text, "abc_Series - Metadata.csv": "Code,Name\nCC.EST,Control\n"}
    (zipped,) = parse([raw_file("P_Data_Extract.zip", zip_bytes(archive))])
    book = openpyxl.Workbook()
    for line in csv.reader(io.StringIO(text)):
        book.active.append(line)
    sink = io.BytesIO()
    book.save(sink)
    (saved,) = parse([raw_file("P_Data_Extract.xlsx", sink.getvalue())])
    assert rows(zipped) == rows(saved) == rows(only(text))


def test_the_edition_is_that_of_the_update_and_not_of_the_chosen_years() -> None:
    parsed = only(HEADER.replace("2023", "2018") + LINES.format(p="") + "\n" + NOTES)
    assert (parsed.edition, parsed.known_from_date) == ("2024", date(2024, 11, 5))
    assert parsed.known_from_basis == "published"
    without = only(HEADER + LINES.format(p=""))
    assert (without.edition, without.known_from_basis) == ("2024", "inferred")


@pytest.mark.parametrize("prefix", ["", "GOV_WGI_"])
def test_a_repeated_series_is_refused(prefix: str) -> None:
    with pytest.raises(CorruptFileError, match=r"CC.EST of BHS is given twice \(abc_Data.csv:7"):
        only(HEADER + LINES.format(p="") + LINES.format(p=prefix))


def test_half_a_source_is_no_number_of_sources() -> None:
    parsed = only(HEADER + LINES.format(p="").replace(",9,8,", ",2.5,8,"))
    (bad,) = parsed.quarantine
    assert bad.reason == "not a number of sources: '2.5'"
