"""Trackers by mapping file: the IEA's, and an invented one with another layout."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import SourceError, UnknownLayoutError
from sources.policy_tracker.mapping import load_trackers
from sources.policy_tracker.parse import parse, parse_file

AT = datetime(2026, 11, 1, tzinfo=UTC)
(IEA,) = [tracker for tracker in load_trackers() if tracker.tracker_id == "iea_critical_minerals"]
RECORD = {
    "title": "Control of gallium exports",
    "description": "<div>On 5 May 2025 the ministry of <b>Atlantis</b> restricted germanium.</div>",
    "status": "In force",
    "year": "2025",
    "datePromulgated": "",
    "dateModified": "1760513563684",
    "countries": json.dumps([{"iso3": "EUR", "name": "European Union"}, {"iso3": "CHN"}]),
    "policyType": json.dumps([{"name": "Export controls and restrictions", "category": None}]),
}


def csv_of(rows: list[dict[str, str]], headers: list[str], mark: str = ",") -> RawFile:
    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"'

    lines = [mark.join(cell(row.get(name, "")) for name in headers) for row in rows]
    return RawFile("tracker.csv", "\n".join([mark.join(headers), *lines]).encode(), "", AT)


def iea(**changed: str) -> Parsed:
    (partition,) = parse([csv_of([{**RECORD, **changed}], [c.name for c in IEA.columns])])
    return partition


def row_of(partition: Parsed) -> dict[str, Any]:
    (row,) = partition.tables["records"].to_pylist()
    return dict(row)


def test_a_record_of_the_iea() -> None:
    partition = iea()
    row = row_of(partition)
    assert (row["issuer_ids"], row["item_labels"]) == ("CHN|EUU", "gallium|germanium")
    assert (row["announced_date"], row["announced_basis"]) == (date(2025, 5, 5), "description")
    assert row["measure_labels"] == "Export controls and restrictions"
    assert partition.edition == "iea_critical_minerals-2025-10-15"
    assert "Atlantis" not in str(partition.tables["records"].to_pylist())


@pytest.mark.parametrize(
    ("text", "day", "precision"),
    [
        ("2025-04-03", date(2025, 4, 3), "day"),
        ("03-04-2025", date(2025, 4, 3), "day"),
        ("2024", date(2024, 1, 1), "year"),
    ],
)
def test_days_in_their_formats(text: str, day: date, precision: str) -> None:
    row = row_of(iea(datePromulgated=text))
    assert (row["announced_date"], row["announced_precision"]) == (day, precision)


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"datePromulgated": "spring"}, "datePromulgated follows none of"),
        ({"countries": "[{'iso3': 'CHN'}]"}, "countries is not a JSON list with 'iso3'"),
        ({"title": ""}, "no title"),
    ],
)
def test_a_cell_in_another_format_is_quarantined(changed: dict[str, str], reason: str) -> None:
    rows = [RECORD, {**RECORD, **changed}]
    (partition,) = parse([csv_of(rows, [c.name for c in IEA.columns])])
    assert partition.tables["records"].num_rows == 1
    assert [reason in q.reason for q in partition.quarantine] == [True]


def test_repeated_policies_are_two_records() -> None:
    (partition,) = parse([csv_of([RECORD, RECORD], [c.name for c in IEA.columns])])
    first, second = partition.tables["records"]["record_id"].to_pylist()
    assert second == f"{first}-2"


def test_an_unknown_header_is_rejected_by_name() -> None:
    headers = [c.name for c in IEA.columns if c.name != "status"]
    with pytest.raises(UnknownLayoutError, match=r"unknown \['rating'\] and lacks \['status'\]"):
        list(parse([csv_of([RECORD], [*headers, "rating"])]))


OTHER = """
tracker_id: invented
title: A tracker with semicolons, names and months
delimiter: ";"
columns:
  Measure: {read_as: title}
  Who: {read_as: countries, cell: list, separator: "/"}
  Against: {read_as: targets, cell: list, separator: "/"}
  From: {read_as: effective, formats: ["%d.%m.%Y", "%m/%Y"]}
  Until: {read_as: ended, formats: ["%d.%m.%Y"]}
  Kind: {read_as: measures}
  Materials: {read_as: items, cell: list, separator: ","}
  Act: {read_as: instrument}
  Remarks: {read_as: nothing}
"""


def test_another_tracker_needs_only_a_mapping_file(tmp_path: Path) -> None:
    (tmp_path / "invented.yml").write_text(OTHER)
    known = [*load_trackers(), *load_trackers(tmp_path)]
    line = {
        "Measure": "Quota on ores",
        "Who": "Viet Nam/Lemuria",
        "Against": "Japan/Republic of Korea",
        "From": "07/2026",
        "Kind": "quota",
        "Materials": "Tungsten, rare earths",
        "Act": "Decree 7 of 2026",
    }
    headers = ["Measure", "Who", "Against", "From", "Until", "Kind", "Materials", "Act", "Remarks"]
    partition = parse_file(csv_of([line], headers, ";"), known)
    row = row_of(partition)
    assert (row["tracker_id"], row["issuer_ids"], row["target_ids"]) == (
        "invented",
        "VNM",
        "JPN|KOR",
    )
    assert row["unmapped_names"] == "Lemuria"
    assert (row["effective_date"], row["effective_precision"]) == (date(2026, 7, 1), "month")
    assert (row["item_labels"], row["instrument_text"]) == (
        "rare_earths|tungsten",
        "Decree 7 of 2026",
    )
    assert partition.edition == "invented-2026-11-01"


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ("{read_as: colour}", "read_as must be one of"),
        ("{read_as: title, cell: xml}", "cell must be one of"),
        ("{read_as: title, shape: round}", "unknown shape"),
        ("{read_as: status}", "no column is read as title"),
    ],
)
def test_a_wrong_mapping_is_rejected(tmp_path: Path, wrong: str, message: str) -> None:
    text = OTHER.replace("{read_as: title}", wrong)
    (tmp_path / "invented.yml").write_text(text)
    with pytest.raises(SourceError, match=message):
        load_trackers(tmp_path)


def test_the_whole_iea_tracker_is_parsed(shared_data: Path) -> None:
    """The counts are those of the sample's description."""
    path = shared_data / "policy/samples/iea/iea_critical_minerals_policies.csv"
    (partition,) = parse([RawFile(path.name, path.read_bytes(), "", AT)])
    rows = partition.tables["records"].to_pylist()
    assert (len(rows), len(partition.quarantine)) == (625, 0)
    assert {row["unmapped_names"] for row in rows} == {None}
    assert sum("EUU" in (row["issuer_ids"] or "") for row in rows) == 51
