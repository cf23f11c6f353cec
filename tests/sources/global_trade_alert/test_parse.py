"""GTA's export and API responses give the same rows; invented interventions, real layouts."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.global_trade_alert.interventions import COLUMNS, date_precision
from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError

SPEC = find_source("global_trade_alert")
AT = datetime(2026, 11, 1, tzinfo=UTC)
LINE = {
    "Intervention ID": "900001",
    "State Act ID": "800001",
    "State Act Title": "Chile: Export tax on lithium carbonate",
    "GTA Evaluation": "Red",
    "Implementing Jurisdictions": "Chile, Ivory Coast",
    "Affected Jurisdictions": "India, Republic of Korea, Atlantis",
    "Affected Products": "10121, 283691",
    "Date Announced": "2026-02-03",
    "Date Implemented": "2026-12-31",
    "Date Removed": "2028-01-01",
    "Is In Force": "1",
}
OBJECT: dict[str, Any] = {
    "intervention_id": 900001,
    "state_act_title": "EU: Import tariff on magnets",
    "implementing_jurisdictions": [{"id": 699, "name": "Bharat", "iso": None}],
    "implementing_jurisdiction_groups": [{"name": "European Union"}],
    "affected_jurisdictions": [{"id": 36, "name": "Australia", "iso": "AUS"}],
    "date_announced": "2026-02-03",
    "date_published": "2026-02-10",
    "affected_products": [850511],
}


def export(*lines: dict[str, str], without: str = "") -> RawFile:
    names = [name for name in COLUMNS if name != without]
    rows = [",".join(f'"{line.get(name, "")}"' for name in names) for line in lines]
    return RawFile("export.csv", "\n".join([",".join(names), *rows]).encode(), "", AT)


def response(body: Any) -> RawFile:
    return RawFile("page1.json", json.dumps(body).encode(), "", AT)


def parsed(*files: RawFile) -> Parsed:
    (partition,) = SPEC.parse(files)
    return partition


def test_a_repeated_intervention_counts_once_and_another_version_is_quarantined() -> None:
    same = parsed(export(LINE, LINE))
    assert (same.tables["interventions"].num_rows, same.quarantine) == (1, ())
    two = parsed(export(LINE, LINE | {"Date Implemented": "2027-01-31"}))
    assert two.tables["interventions"].num_rows == 1
    (bad,) = two.quarantine
    assert (bad.reason, bad.file, bad.line) == (
        "intervention 900001 stands at export.csv:2 with other cells", "export.csv", 3,
    )  # fmt: skip


def test_an_export_keeps_texts_and_maps_names() -> None:
    partition = parsed(export(LINE))
    (row,) = partition.tables["interventions"].to_pylist()
    assert (row["implementing_ids"], row["affected_ids"]) == ("CHL|CIV", "IND|KOR")
    assert row["unmapped_names"] == "Atlantis"
    assert row["item_labels"] == "lithium"
    assert (row["date_implemented_precision"], row["date_removed_precision"]) == ("year", "year")
    codes = partition.tables["products"]["product_code_raw"].to_pylist()
    assert codes == ["10121", "283691"]  # the zero is restored with the HS lists
    assert (partition.known_from_date, partition.edition) == (date(2026, 2, 3), "2026-02-03")


@pytest.mark.parametrize("day", ["2026-2-3", "2026-02-03 00:00:00", "2026-02-03T00:00:00Z"])
def test_days_as_tools_write_them(day: str) -> None:
    missing = {"Date Implemented": "NA", "Date Removed": "NaN", "Is In Force": "1.0"}
    partition = parsed(export(LINE | missing | {"Date Announced": day}))
    (row,) = partition.tables["interventions"].to_pylist()
    assert (row["date_announced"], row["date_implemented"]) == (date(2026, 2, 3), None)
    assert row["is_in_force_text"] == "1"
    assert not partition.quarantine


@pytest.mark.parametrize("day", ["03/02/2026", "2026-13-01", "2026-2"])
def test_days_of_another_form_are_quarantined(day: str) -> None:
    (bad,) = parsed(export(LINE, LINE | {"Date Announced": day})).quarantine
    assert bad.reason == f"date_announced is not a day: {day!r}"


@pytest.mark.parametrize(
    ("day", "is_start", "expected"),
    [
        ("2026-12-31", True, "year"),
        ("2026-12-31", False, "month"),
        ("2026-01-01", False, "year"),
        ("2026-01-01", True, "day"),
        ("2026-02-28", True, "month"),
        ("2026-02-27", True, "day"),
    ],
)
def test_dates_of_lower_precision_are_marked(day: str, is_start: bool, expected: str) -> None:
    assert date_precision(date.fromisoformat(day), is_start=is_start) == expected


@pytest.mark.parametrize(
    "body",
    [
        {"count": 1, "results": [OBJECT]},
        {"count": 1, "results": [[OBJECT]]},
        [OBJECT],
        {
            "results": [
                {**OBJECT, "affected_products": [{"product_id": 850511, "prior_level": "0"}]}
            ]
        },
    ],
)
def test_every_shape_of_the_api_is_the_same_row(body: Any) -> None:
    partition = parsed(response(body))
    (row,) = partition.tables["interventions"].to_pylist()
    assert (row["implementing_ids"], row["affected_ids"]) == ("EUU|IND", "AUS")
    assert partition.tables["products"]["product_code_raw"].to_pylist() == ["850511"]
    assert partition.known_from_date == date(2026, 2, 10)


def test_invalid_files_are_rejected_and_invalid_rows_quarantined() -> None:
    with pytest.raises(UnknownLayoutError, match="lacks the columns Date Announced"):
        parsed(export(LINE, without="Date Announced"))
    with pytest.raises(CorruptFileError, match="no results"):
        parsed(response({"detail": "Invalid token."}))
    bad = parsed(export(LINE, {**LINE, "Intervention ID": "2", "Date Announced": "3 Feb"}))
    assert [q.reason for q in bad.quarantine] == ["date_announced is not a day: '3 Feb'"]
    with pytest.raises(SourceError, match="not a six-digit product code"):
        parsed(export({**LINE, "Affected Products": "0101.21"}))


def test_reads_the_whole_export(shared_data: Path) -> None:
    """The counts are those of the sample's description."""
    path = shared_data / "policy/samples/gta/gta_export_subsidies.csv"
    partition = parsed(RawFile(path.name, path.read_bytes(), "", AT))
    interventions = partition.tables["interventions"]
    codes = partition.tables["products"]["product_code_raw"].to_pylist()
    assert (interventions.num_rows, len(partition.quarantine)) == (2253, 0)
    assert interventions["date_implemented"].null_count == 80
    assert interventions["unmapped_names"].null_count == 2253
    assert sum(len(code) == 5 for code in codes) == 4277
    assert len(set(interventions["state_act_id"].to_pylist())) == 2061
