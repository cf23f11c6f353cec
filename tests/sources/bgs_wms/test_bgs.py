"""World Mineral Statistics: values of cells, totals of pages, files with any order of columns."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.bgs_wms import fetch
from sources.bgs_wms.parse import parse
from sources.bgs_wms.values import Quantity, read_quantity
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceUnavailableError, UnknownLayoutError
from tests.fixture_world.dbt import read, run_dbt
from tests.fixture_world.landing import land_world
from tests.sources.bgs_wms.conftest import NAMES, RECORDS, Survey, as_csv, record
from tests.sources.files import RETRIEVED_AT, fetch_live, raw_file
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files

SPEC = find_source("bgs_wms")


def raw(content: bytes, name: str = "production.csv", at: datetime = RETRIEVED_AT) -> RawFile:
    return raw_file(name, content, at)


def live() -> list[RawFile]:
    return fetch_live("bgs_wms", "latest")


def rows(parsed: list[Parsed]) -> list[dict[str, Any]]:
    return [row for part in parsed for row in part.tables["statistics"].to_pylist()]


@pytest.mark.parametrize(
    ("quantity", "book", "precision", "sdmx", "want"),
    [
        ("12.5", "12.5", "", "A", Quantity(12.5, 12.5, 12.5, "=", "reported")),
        ("0", "-----", "Nil (nothing produced)", "A", Quantity(0.0, 0.0, 0.0, "=", "zero")),
        ("0", "0", "more than 0 but less than 0.5", "N", Quantity(None, 0.0, 0.5, "<", "trace")),
        ("", "...", "Figures not available", "O", Quantity(None, None, None, "=", "not_available")),
        ("", "", "", "A", Quantity(None, None, None, "=", "unknown")),
    ],
)
def test_missing_nil_and_trace_are_different_values(
    quantity: str, book: str, precision: str, sdmx: str, want: Quantity
) -> None:
    got = read_quantity(quantity, book=book, precision=precision, sdmx=sdmx, estimated=False)
    assert got == want


def test_live_pages_land_as_one_edition(survey: Survey) -> None:
    parsed = list(parse(live()))
    assert [request.query["offset"] for request in survey.requests] == ["0", "4", "8"]
    assert {request.query["bgs_statistic_type_trans"] for request in survey.requests} == {
        "Production"
    }
    assert {request.query["sortby"] for request in survey.requests} == {fetch.SORTED_BY}
    assert [part.partition for part in parsed] == [
        "2023/cobalt_mine", "2023/gallium_primary", "2023/lithium_minerals",
    ]  # fmt: skip
    assert len(rows(parsed)) == len(RECORDS)
    assert {part.known_from_date for part in parsed} == {date(2025, 6, 30)}


def test_csv_pages_give_the_same_rows(survey: Survey, monkeypatch: pytest.MonkeyPatch) -> None:
    as_json = rows(list(parse(live())))
    monkeypatch.setenv("PAX_BGS_FORMAT", "csv")
    to_text = rows(list(parse(live())))
    left_out = ("payload_sha256", "row_locator")
    assert [{k: v for k, v in r.items() if k not in left_out} for r in as_json] == [
        {k: v for k, v in r.items() if k not in left_out} for r in to_text
    ]


@pytest.mark.parametrize(
    ("faults", "message"),
    [
        (["", "grown"], "12 records were announced, now 13"),
        (["short"], "announces 5 and has 4"),
        (["", "half"], "offset of production"),
        (["html"], "a web page, not data"),
    ],
)
def test_pages_that_do_not_add_up_are_an_error(
    survey: Survey, faults: list[str], message: str
) -> None:
    survey.faults = faults
    with pytest.raises(SourceUnavailableError, match=message):
        live()


def test_the_order_of_columns_and_of_files_does_not_matter() -> None:
    one = list(parse([raw(as_csv(RECORDS))]))
    other = list(parse([raw(as_csv(RECORDS, NAMES[::-1]))]))
    assert [r["quantity"] for r in rows(one)] == [r["quantity"] for r in rows(other)]
    halves = [raw(as_csv(RECORDS[:5]), "a.csv"), raw(as_csv(RECORDS[5:]), "b.csv")]
    tables = [[p.tables["statistics"] for p in parse(files)] for files in (halves, halves[::-1])]
    assert tables[0] == tables[1]


def test_invalid_files_are_rejected_or_quarantined() -> None:
    with pytest.raises(UnknownLayoutError, match="lacks units"):
        list(parse([raw(as_csv(RECORDS).replace(b"units", b"unit", 1))]))
    with pytest.raises(CorruptFileError, match="is at"):
        list(parse([raw(as_csv(RECORDS)), raw(as_csv(RECORDS[:1]), "again.csv")]))
    invalid = record("cobalt, mine", "Peru", "PE/PER", 2023, "many")
    (cobalt, *_) = parse([raw(as_csv([*RECORDS, invalid]))])
    assert [q.reason for q in cobalt.quarantine] == ["quantity is not a number: 'many'"]


def test_cells_as_tools_write_them() -> None:
    """R writes NA for an empty text, pandas a whole number as 2023.0; Namibia's code stays NA."""
    blank = ("erml_sub_commodity", "sdmx_code", "concat_table_notes_text")
    namibia = record("cobalt, mine", "Namibia", "NA/NAM", 2023, "5")
    given = {**namibia, **dict.fromkeys(blank, "NA"), "year": "2023.0"}
    (part,) = parse([raw(as_csv([given]))])
    (row,) = rows([part])
    assert (row["country_iso2_code"], row["year"], row["quantity"]) == ("NA", 2023, 5.0)
    assert [row[name] for name in ("erml_sub_commodity", "sdmx_code", "table_note")] == [None] * 3


def test_a_download_before_june_is_known_from_its_date() -> None:
    (part, *_) = parse([raw(as_csv(RECORDS), at=datetime(2025, 3, 1, tzinfo=UTC))])
    assert part.known_from_date == date(2025, 3, 1)


def test_the_publishers_files_have_no_unexplained_quantity(shared_data: Path) -> None:
    paths = sorted((shared_data / "production" / "bgs").glob("*.csv"))
    parsed = list(parse([raw(path.read_bytes(), path.name) for path in paths]))
    assert sum(part.tables["statistics"].num_rows for part in parsed) == 26_309
    assert not [q for part in parsed for q in part.quarantine]
    assert "unknown" not in {row["value_status"] for row in rows(parsed)}


def test_content_and_gross_are_separate_and_codes_are_corrected(data_dir: DataPaths) -> None:
    land_world(data_dir)
    land_files(SPEC, [raw(as_csv(RECORDS))], "manual", data_dir)
    selection = ("--select", "+int_production__bgs_quantities", "--indirect-selection", "cautious")
    done = run_dbt(data_dir, "build", *selection)
    assert done.returncode == 0, done.stdout
    got = read(
        data_dir.database,
        "select country_id, form_id, year, quantity, value_status, value_operator, n_cells "
        "from intermediate.int_production__bgs_quantities order by all",
    )
    assert [tuple(row.values()) for row in got] == [
        ("ARG", "lithium_content", 2022, 68.0, "reported", "=", 2),
        ("AUS", "lithium_content", 2022, 300.0, "reported", "=", 1),
        ("AUS", "lithium_hydroxide_content", 2022, 7.0, "reported", "=", 1),
        ("AUS", "spodumene_gross", 2022, 9000.0, "reported", "=", 1),
        ("CAN", "cobalt_content", 2023, None, "not_available", "=", 1),
        ("CHN", "primary_low_purity", 2022, 5.0, "reported", "=", 1),
        ("COD", "cobalt_content", 1991, 40.0, "reported", "=", 1),
        ("COD", "cobalt_content", 2023, 70001.0, "reported", "=", 1),
        ("COG", "cobalt_content", 2023, 11.0, "estimated", "=", 1),
        ("FIN", "cobalt_content", 2023, None, "trace", "<", 1),
        ("XKX", "cobalt_content", 2023, 0.0, "zero", "=", 1),
    ]
