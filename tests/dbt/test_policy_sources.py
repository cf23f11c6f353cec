"""Three sources, an inbox and the register, brought together: what must join, what must not.

Invented documents about acts that the curated register has; one build serves the module.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from orchestration.cli.policy_candidates import candidates, register_row
from orchestration.cli.unmatched_acts import show_unmatched_acts, unmatched_acts
from sources.global_trade_alert.interventions import COLUMNS
from sources.kit.catalog import catalog, find_source
from sources.kit.contract import RawFile
from sources.policy_tracker.mapping import load_trackers
from tests.fixture_world.dbt import build, read
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle, land_files
from warehouse.storage.load_records import write_load_records_table, write_parameters

pytestmark = [pytest.mark.xdist_group("policy_sources"), pytest.mark.timeout(600)]

AT = datetime(2026, 11, 1, tzinfo=UTC)
Row = dict[str, Any]
LICENSING = "Export controls and restrictions"

#: title, issuers, day, type, and what is wanted: an event, or None and the reason.
TRACKED: tuple[tuple[str, str, str, str, str | None], ...] = (
    ("Announcement No. 18 of 2025 on medium and heavy rare earths", "CHN", "2025-04-04", LICENSING,
     "CHN-2025-REE7"),
    ("商务部 海关总署公告2025年第18号", "CHN", "2025-04-04", LICENSING, "CHN-2025-REE7"),
    # twins: listed once per party, on the other side of the date line
    ("US-Japan framework for critical minerals and rare earths", "JPN", "2025-10-27",
     "International arrangements", "JPN-USA-2025-10-FRAMEWORK"),
    ("US-Japan framework for critical minerals and rare earths", "USA", "2025-10-27",
     "International arrangements", "JPN-USA-2025-10-FRAMEWORK"),
    # another number of the same day, kind and metal is another act
    ("Announcement No. 60 of 2025: permits for rare earths", "CHN", "2025-10-09", LICENSING, None),
    # a text about an act is not the act
    ("Suspension of Announcement No. 55 of 2025 on superhard materials", "CHN", "2025-11-30",
     LICENSING, None),
    # the title alone never joins
    ("Extraterritorial control: permit for foreign-made items, rare earths", "CHN", "2024-10-09",
     LICENSING, None),
    # the same number of another country's ministry
    ("Announcement No. 18 of 2025", "KOR", "2025-04-04", LICENSING, None),
    # two instruments for one project
    ("AUD 1.25bn grant for Eneabba rare earths refinery", "AUS", "2022-04-04", "Financing", None),
    ("AUD 1.25bn loan for rare earths refinery, Eneabba", "AUS", "2022-04-03", "Financing",
     "AUS-2022-ILUKA-LOAN"),
    # the day of effect printed as that of the announcement
    ("Export licences for items of gallium and germanium", "CHN", "2023-08-01", LICENSING,
     "CHN-2023-GA-GE"),
    # a first of a month stands for the month, for controls alone
    ("Prohibition of exports of bauxite", "IDN", "2023-06-01", "Export and import ban",
     "IDN-2023-BAUXITE-BAN"),
    ("Australia - Japan Critical Minerals Partnership", "JPN", "2022-06-01",
     "International arrangements", None),
    # the ministry numbers its lists of entities by itself
    ("Announcement No. 10 of 2025 of the Ministry of Commerce", "CHN", "2025-02-04", LICENSING,
     "CHN-2025-W-TE-BI-MO-IN"),
    # two events of one decision: the words decide
    ("ARECOMS Decision No. 004/2025, a cobalt quota system", "COD", "2025-09-20", "Export quotas",
     "COD-2025-CO-QUOTA"),
)  # fmt: skip

DOCUMENTS: tuple[tuple[Row, str | None], ...] = (
    ({"document_number": "2025-06063", "publication_date": "2025-04-07", "citation": "90 FR 15041",
      "type": "Presidential Document", "title": "Regulating Imports With a Reciprocal Tariff"},
     "USA-2025-04-RECIPROCAL"),
    ({"document_number": "2025-1", "publication_date": "2025-04-07", "citation": "90 FR 1",
      "type": "Proposed Rule", "title": "Reciprocal tariffs on critical minerals"}, None),
    ({"document_number": "2025-2", "publication_date": "2025-05-01", "citation": "90 FR 2",
      "type": "Rule", "title": "Reciprocal tariffs; correction",
      "correction_of": "https://host/api/v1/documents/2025-06063?publication_date=2025"}, None),
)  # fmt: skip


def tracker_file() -> RawFile:
    (iea,) = [t for t in load_trackers() if t.tracker_id == "iea_critical_minerals"]
    names = [column.name for column in iea.columns]

    def line(title: str, issuer: str, day: str, kind: str) -> str:
        cells: Mapping[str, str] = {
            "title": title,
            "year": day[:4],
            "datePromulgated": day,
            "dateModified": "1760513563684",
            "countries": json.dumps([{"iso3": issuer}]),
            "policyType": json.dumps([{"name": kind}]),
        }
        return ",".join('"' + cells.get(name, "").replace('"', '""') + '"' for name in names)

    lines = [",".join(names), *(line(*row[:4]) for row in TRACKED)]
    return RawFile("tracker.csv", "\n".join(lines).encode(), "", AT)


def gta_file() -> RawFile:
    """Two interventions of one state act, one of them with lost and unknown codes."""
    common = {
        "State Act ID": "800001",
        "State Act Title": "China: export licence for graphite products",
        "Implementing Jurisdictions": "China",
        "Intervention Type": "Export licensing requirement",
        "Date Announced": "2023-10-21",
        "Date Implemented": "2023-12-01",
    }
    rows = [
        {**common, "Intervention ID": "900001", "Affected Products": "250410, 10121, 99999"},
        {**common, "Intervention ID": "900002", "Intervention Type": "Export quota",
         "Date Implemented": "2024-12-31"},
    ]  # fmt: skip
    lines = [",".join(COLUMNS)]
    lines += [",".join(f'"{row.get(name, "")}"' for name in COLUMNS) for row in rows]
    return RawFile("export.csv", "\n".join(lines).encode(), "", AT)


def register_file() -> RawFile:
    body = {"count": len(DOCUMENTS), "results": [document for document, _ in DOCUMENTS]}
    return RawFile("2025.x.2025-01-01_2025-12-31.page1.json", json.dumps(body).encode(), "", AT)


STORY = (
    " date 2025-12-12 Officials of Korea, Japan and the United States will sign the Pax Silica"
    " declaration on Friday.Indonesia will impose an export ban on tin from January 15, 2026, its"
    " trade minister said on Thursday."
)


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("policy_sources"))
    specs = catalog()
    declare_tables(paths, specs.values())
    land_bundle(specs["un_hs"], paths)
    for source_id, file in (
        ("us_federal_register", register_file()),
        ("global_trade_alert", gta_file()),
        ("policy_tracker", tracker_file()),
        ("policy_news", RawFile("story.txt", STORY.encode(), "", AT)),
    ):
        land_files(find_source(source_id), [file], "manual", paths)
    write_load_records_table(paths, dict(specs))
    write_parameters(paths)
    build(paths, "--select", "+bridge_policy_event_source", "+event_candidate",
          "+unmatched_act", "--resource-type", "seed", "--resource-type", "model")  # fmt: skip
    return paths


def bridge(paths: DataPaths, source_id: str) -> list[Row]:
    sql = "select * from marts.bridge_policy_event_source where source_id = ? order by record_id"
    return read(paths.database, sql, [source_id])


def test_tracker_records_match_the_expected_events(paths: DataPaths) -> None:
    rows = bridge(paths, "policy_tracker")
    found = {(r["title"], r["issuer_ids"]): (r["event_id"], r["match_rule"]) for r in rows}
    wrong = {
        title: (found[title, issuer], wanted)
        for title, issuer, _, _, wanted in TRACKED
        if found[title, issuer][0] != wanted
    }
    assert not wrong


def test_documents_match_by_number_and_a_proposal_is_no_rule(paths: DataPaths) -> None:
    rows = {r["record_id"].split("@")[0]: r for r in bridge(paths, "us_federal_register")}
    for document, wanted in DOCUMENTS:
        assert rows[document["document_number"]]["event_id"] == wanted
    assert rows["2025-2"]["correction_of_id"] == "2025-06063"


def test_interventions_share_their_act_and_imprecise_days_match_nothing(
    paths: DataPaths,
) -> None:
    licence, quota = bridge(paths, "global_trade_alert")
    assert (licence["event_id"], licence["match_rule"]) == ("CHN-2023-GRAPHITE", "candidate")
    assert (licence["days_apart"], licence["n_quarantined_codes"]) == (0, 1)
    assert quota["effective_precision"] == "year"
    assert "effective_date" not in (quota["preferred_for_fields"] or "")


def test_duplicate_records_are_one_act_and_all_sources_are_kept(paths: DataPaths) -> None:
    n_records = read(paths.database, "select count(*) as n from marts.bridge_policy_event_source")
    assert n_records[0]["n"] == len(TRACKED) + len(DOCUMENTS) + 2
    pair = [r for r in bridge(paths, "policy_tracker") if r["title"].startswith("US-Japan")]
    assert {(r["act_group_id"], r["n_records_of_act"]) for r in pair} == {
        ("JPN-USA-2025-10-FRAMEWORK", 2)
    }


def test_the_register_is_unchanged_and_acts_are_pending(paths: DataPaths) -> None:
    rows = {row["instrument"]: row for row in candidates(paths, everything=True)}
    assert rows["declaration"]["matched_event_id"] == "PAX-2025-12-DECLARATION"
    ban = rows["export ban"]
    assert (ban["is_pending_review"], ban["file_name"]) == (True, "story.txt")
    # the last document is shown whole, what waits first
    assert [row["instrument"] for row in candidates(paths)] == ["export ban", "declaration"]
    line = register_row(ban)
    assert line.startswith("IDN-2025-12-EXPORT-BAN,2025-12-11,2026-01-15,")
    assert ",IDN,?,export ban,?,tin," in line


def test_acts_without_an_event_are_a_worklist(paths: DataPaths) -> None:
    rows = {row["title"]: row for row in unmatched_acts(paths, everything=True)}
    unmatched = {title for title, _, _, _, wanted in TRACKED if wanted is None}
    assert unmatched <= rows.keys()
    assert not {title for title, _, _, _, wanted in TRACKED if wanted} & rows.keys()
    first = next(iter(rows.values()))
    assert (first["priority"], first["source_ids"]) == (1, "policy_tracker")
    shown = io.StringIO()
    show_unmatched_acts(paths, Console(file=shown, width=200))
    assert "permits for rare earths" in shown.getvalue()
    assert "AUD 1.25bn grant" not in shown.getvalue(), "support is shown with --all alone"


def test_every_label_of_the_iea_sample_is_mapped_or_known(shared_data: Path) -> None:
    """Types that name no measure we keep are the only ones without a place."""
    import csv

    from warehouse.paths import DBT_PROJECT

    with (DBT_PROJECT / "seeds/reference/policy_measure_labels.csv").open() as handle:
        mapped = {r["label"] for r in csv.DictReader(handle) if r["label_system"].startswith("iea")}
    path = shared_data / "policy/samples/iea/iea_critical_minerals_policies.csv"
    with path.open(encoding="utf-8", newline="") as handle:
        cells = [row["policyType"] for row in csv.DictReader(handle)]
    labels = [one["name"] for cell in cells for one in json.loads(cell or "[]")]
    assert sum(label in mapped for label in labels) / len(labels) > 0.9
