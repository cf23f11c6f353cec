"""The two layouts of the Pink Sheet, invalid files, and live access to a fake publisher.

The CSV lines are a real excerpt (World Bank, CC BY 4.0).
"""

from __future__ import annotations

from datetime import date

import pyarrow.parquet as pq
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceUnavailableError, UnknownLayoutError
from sources.worldbank_pink_sheet.bundle_selection import SERIES
from sources.worldbank_pink_sheet.parse import parse
from tests.sources.files import land_live, raw_file
from tests.sources.worldbank_pink_sheet.conftest import WorldBank, workbook_bytes
from warehouse.paths import DataPaths

PRICES = (
    "series,mineral_id,unit,month,price\n"
    '"Iron ore, cfr spot",iron_ore,$/dmtu,2026-04,105.41\n'
    '"Iron ore, cfr spot",iron_ore,$/dmtu,2026-05,\n'
    "Copper,copper,$/mt,2026-05,9610.5\n"
)


def only(content: bytes | str, name: str = "prices.csv") -> Parsed:
    (parsed,) = parse([raw_file(name, content)])
    return parsed


def test_the_long_csv() -> None:
    parsed = only(PRICES)
    rows = parsed.tables["prices"].to_pylist()
    assert (parsed.edition, parsed.known_from_date, parsed.known_from_basis) == (
        "202605", date(2026, 6, 5), "inferred",
    )  # fmt: skip
    assert [(r["series"], r["unit"], r["month"], r["price"]) for r in rows] == [
        ("Iron ore, cfr spot", "$/dmtu", "202604", 105.41),
        ("Iron ore, cfr spot", "$/dmtu", "202605", None),
        ("Copper", "$/mt", "202605", 9610.5),
    ]


def test_the_workbook_states_its_day() -> None:
    parsed = only(workbook_bytes(), "CMO-Historical-Data-Monthly.xlsx")
    assert (parsed.edition, parsed.known_from_date, parsed.known_from_basis) == (
        "202605", date(2026, 6, 2), "published",
    )  # fmt: skip
    rows = parsed.tables["prices"].to_pylist()
    assert [(r["series"], r["month"], r["price"], r["value_text"]) for r in rows] == [
        ("Copper", "202604", 9500.25, None),
        ("Potassium chloride", "202604", 300.0, None),
        ("Coal, Australian", "202604", None, "…"),
        ("Copper", "202605", 9610.5, None),
        ("Potassium chloride", "202605", None, ""),
        ("Coal, Australian", "202605", 101.5, None),
    ]
    assert rows[0]["unit"] == "$/mt"


def test_a_december_edition_appears_in_january() -> None:
    assert only(PRICES.replace("2026-05", "2025-12")).known_from_date == date(2026, 5, 5)
    december = only("series,unit,month,price\nTin,$/mt,2025-12,30000\n")
    assert (december.edition, december.known_from_date) == ("202512", date(2026, 1, 5))


def test_an_invalid_figure_is_quarantined() -> None:
    ends = ("$/mt,2026-05,-3", "$/mt,2026-13,3", "$/mt,2031-01,3", ",2026-05,3")
    bad = "".join(f"Tin,tin,{end}\n" for end in ends)
    reasons = [row.reason for row in only(PRICES + bad).quarantine]
    assert [reason.split(":")[0] for reason in reasons] == [
        "a negative price", "no valid period", "no valid period", "no series or no unit",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        ("a,b\n1,2\n", UnknownLayoutError, "lacks the columns"),
        ("<html></html>", UnknownLayoutError, "web page"),
        (b"PK\x03\x04broken", CorruptFileError, "cannot be opened|archive|zip"),
        (PRICES + "Copper,copper,$/mt,2026-05,1\n", CorruptFileError, "is at prices.csv:4"),
        ("series,unit,month,price\nTin,$/mt,2026-05,..\n", CorruptFileError, "no row with a price"),
    ],
)
def test_an_invalid_file_is_rejected(
    content: bytes | str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        only(content)


def test_the_linked_workbook_lands(bank: WorldBank, data_dir: DataPaths) -> None:
    (landed,) = land_live(data_dir, "worldbank_pink_sheet", "latest")
    assert (landed.load_record.edition, landed.load_record.n_rows) == ("202605", 6)
    assert [request.path.rpartition("/")[2] for request in bank.requests] == [
        "commodity-markets", "CMO-Historical-Data-Monthly.xlsx",
    ]  # fmt: skip


def test_a_page_without_the_link_is_an_error(bank: WorldBank, data_dir: DataPaths) -> None:
    bank.always = "unlinked"
    with pytest.raises(SourceUnavailableError, match=r"the page links no CMO-Historical"):
        land_live(data_dir, "worldbank_pink_sheet", "latest")


def test_the_bundle_has_all_months_of_its_series() -> None:
    table = pq.read_table(find_source("worldbank_pink_sheet").bundled / "prices").to_pandas()
    assert set(table["series"]) == set(SERIES)
    assert table.groupby("series").size().eq(197).all()
