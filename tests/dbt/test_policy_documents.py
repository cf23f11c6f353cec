"""Documents of the inbox through dbt: two of one day, one landed twice, the story of the launch.

One build serves the module; the documents but the story are invented.
"""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from orchestration.cli.policy_candidates import candidates, show_candidates
from sources.kit.catalog import catalog, find_source
from sources.kit.contract import RawFile
from tests.fixture_world.dbt import build, read
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.xdist_group("policy_documents"), pytest.mark.timeout(600)]

Row = dict[str, Any]
#: Two documents of one day, and one without a date, which bears the day on which it is landed.
SAME_DAY = (
    "SEOUL, Dec. 12, 2025 (Agency) -- Korea and Canada signed a memorandum of understanding on"
    " graphite on Friday.",
    "HARARE, Dec. 12, 2025 (Agency) -- Zimbabwe banned exports of lithium concentrates on Friday.",
)
UNDATED = "Australia and Chile signed a memorandum of understanding on lithium on Monday."
STORY = "wire_story_2025-12-12.txt"


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("policy_documents"))
    specs = catalog()
    declare_tables(paths, specs.values())
    story = Path(__file__).parents[3] / "shared" / "data" / "policy" / "documents" / STORY
    documents = [(f"{n}.txt", text.encode(), 13 + n) for n, text in enumerate((*SAME_DAY, UNDATED))]
    # again four days later, once as the same file and once as another one with the same text
    documents += [("2.txt", UNDATED.encode(), 19), ("copy.txt", UNDATED.encode() + b"\n", 20)]
    if story.is_file():
        documents.append((STORY, story.read_bytes(), 21))
    for name, content, day in documents:
        at = datetime(2025, 12, day, tzinfo=UTC)
        land_files(find_source("policy_news"), [RawFile(name, content, "", at)], "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths)
    build(paths, "--select", "+event_candidate", "+dim_source_edition",
          "--resource-type", "seed", "--resource-type", "model")  # fmt: skip
    return paths


def test_two_documents_of_one_day_end_on_a_later_day(paths: DataPaths) -> None:
    rows = read(
        paths.database,
        "select * from marts.dim_source_edition where source_id = 'policy_news' order by 2, 3",
    )
    of_one_day = [row for row in rows if row["known_from_date"].isoformat() == "2025-12-12"]
    assert len(of_one_day) >= 2
    assert len({row["known_to_date"] for row in of_one_day}) == 1
    assert all(
        row["known_to_date"] is None or row["known_from_date"] < row["known_to_date"]
        for row in rows
    )


def test_a_document_landed_twice_is_read_once(paths: DataPaths) -> None:
    rows = candidates(paths, everything=True)
    keys = [(row["document_id"], row["act_number"]) for row in rows]
    assert len(keys) == len(set(keys))
    assert [row["party_ids"] for row in rows if row["party_ids"] == "AUS|CHL"] == ["AUS|CHL"]


def test_the_story_of_the_launch_gives_its_three_acts(paths: DataPaths, shared_data: Path) -> None:
    story = shared_data / "policy" / "documents" / STORY
    if not story.is_file():
        reason = f"no story at {story}: its acts were not compared"
        warnings.warn(reason, stacklevel=1)
        pytest.skip(reason)
    rows = {row["instrument"]: row for row in candidates(paths) if row["file_name"] == STORY}
    assert set(rows) == {"preamble", "declaration", "summit", "commitment"}
    declaration = rows["declaration"]
    assert declaration["matched_event_id"] == "PAX-2025-12-DECLARATION"
    assert declaration["parties_only_in_register"] == "GBR"
    assert rows["preamble"]["matched_event_id"] is None
    shown = StringIO()
    show_candidates(paths, Console(file=shown, width=250))
    for name, day, parties in (
        ("preamble", "2025-12-11", "JPN|USA"),
        ("declaration", "2025-12-12", "AUS|ISR|JPN|KOR|SGP|USA"),
        ("summit", "2025-12-12", "USA"),
    ):
        row = rows[name]
        assert f"{STORY}:{row['evidence_offset']}" in shown.getvalue()
        pasted = [
            line for line in shown.getvalue().splitlines()
            if line.endswith("announced,") and f"-{name.upper()},{day}," in line
        ]  # fmt: skip
        assert len(pasted) == 1
        assert parties in pasted[0]
