"""What a release holds beside its Parquet: the database, the report, the docs, CHANGES.md."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.paths import DataPaths
from warehouse.release.analysis_views import AnalysisView
from warehouse.release.changes import changes_text, largest_movements
from warehouse.release.data_package import write_data_package
from warehouse.release.dbt_manifest import Mart
from warehouse.release.duckdb_file import FILE_NAME, read_comments, write_database
from warehouse.release.manifest import mart_entry, read_manifest, source_entries
from warehouse.release.metadata_tables import CheckResult, check_rows, write_metadata_tables
from warehouse.release.parquet import MartFile
from warehouse.release.registry import integrity_errors
from warehouse.release.table_macros import TableMacro
from warehouse.release.verify import SAMPLES
from warehouse.report.build import render_dictionary, render_report
from warehouse.report.pages import render_pages
from warehouse.storage.load_records import LATEST
from warehouse.storage.read_only import reading
from warehouse.storage.set_aside import SetAside


@dataclass(frozen=True)
class ReleaseDraft:
    """A release whose rows are written and whose name is known."""

    release_id: str
    data_version: str
    folder: Path
    as_of_date: date
    as_known_on: date
    built_at: datetime
    run_id: str
    git_sha: str | None
    fingerprint: str | None
    previous_id: str | None
    marts: tuple[Mart, ...]
    files: tuple[MartFile, ...]
    table_macros: tuple[TableMacro, ...]
    analysis_views: tuple[AnalysisView, ...]
    editions: tuple[Mapping[str, Any], ...]
    withheld_marts: dict[str, tuple[str, ...]]
    empty_marts: dict[str, str]
    tools: dict[str, str]
    set_aside: tuple[SetAside, ...] = ()

    @property
    def evidence_age_days(self) -> int:
        """Days from the day that the release describes to the day that it was built."""
        return (self.built_at.date() - self.as_of_date).days


def _info_row(draft: ReleaseDraft) -> dict[str, Any]:
    return {
        "release_id": draft.release_id,
        "data_version": draft.data_version,
        "as_of_date": draft.as_of_date,
        # no year 9999: a BI tool's calendar may end before it
        "as_known_on": None if draft.as_known_on == LATEST else draft.as_known_on,
        "evidence_age_days": draft.evidence_age_days,
        "built_at": draft.built_at.replace(tzinfo=None),
        "run_id": draft.run_id,
        "previous_release_id": draft.previous_id,
        "git_sha": draft.git_sha,
        "fingerprint": draft.fingerprint,
        "n_marts": len(draft.files),
        "withheld_marts": ", ".join(draft.withheld_marts) or None,
        "tools": json.dumps(draft.tools, sort_keys=True),
    }


#: Why a mart is not in a release; the working database has it.
AT_HOME = "carries rows as these sources declared them, and their terms forbid redistribution"


def write_tables(draft: ReleaseDraft, check_results: Sequence[CheckResult]) -> dict[str, Any]:
    """Add the two own tables, build the database, and give the manifest's content."""
    parquet = draft.folder / "parquet"
    own = [
        write_metadata_tables("check_result", check_rows(check_results), parquet),
        write_metadata_tables("publish_info", [_info_row(draft)], parquet),
    ]
    files = sorted([*draft.files, *own], key=lambda file: file.name)
    comments = read_comments(draft.marts, draft.empty_marts)
    write_database(draft.folder, files, comments, draft.table_macros, draft.analysis_views)
    by_name = {mart.name: mart for mart in draft.marts}
    published = {file.name for file in files}
    return {
        "release_id": draft.release_id,
        "data_version": draft.data_version,
        "as_of_date": draft.as_of_date.isoformat(),
        "as_known_on": draft.as_known_on.isoformat(),
        "evidence_age_days": draft.evidence_age_days,
        "built_at": draft.built_at.isoformat(timespec="microseconds"),
        "run_id": draft.run_id,
        "previous_release_id": draft.previous_id,
        "git_sha": draft.git_sha,
        "fingerprint": draft.fingerprint,
        "tools": draft.tools,
        "n_marts": len(draft.files),
        "marts": {
            file.name: mart_entry(
                file, by_name.get(file.name), draft.empty_marts.get(file.name), published
            )
            for file in files
        },
        "table_macros": [macro.name for macro in draft.table_macros],
        "analysis_views": [view.name for view in draft.analysis_views],
        "withheld_marts": [
            {"mart": mart, "because_of": list(sources), "why": AT_HOME}
            for mart, sources in draft.withheld_marts.items()
        ],
        "sources": source_entries(draft.editions, draft.marts),
        "set_aside": [
            {
                "source_id": entry.source_id,
                "partition": entry.partition,
                "edition": entry.edition,
                "since": entry.since,
                "reason": entry.reason,
                "state": entry.state,
                "remedy": entry.remedy,
            }
            for entry in draft.set_aside
        ],
    }


def write_contents(draft: ReleaseDraft, card: Mapping[str, Any], paths: DataPaths) -> list[Any]:
    """Write report/, docs/, datapackage.json and CHANGES.md from the release itself.

    Returns what moved most since the release before (see `largest_movements`).
    """
    folder = draft.folder
    before = paths.releases / draft.previous_id if draft.previous_id else None
    if before and integrity_errors(before):
        before = None  # nothing can be compared with a damaged release
    old = read_manifest(before) if before else None
    changes = changes_text(card, folder, old, before)
    (folder / "CHANGES.md").write_text(changes, encoding="utf-8")
    for name in ("report", "docs"):
        (folder / name).mkdir()
    with reading(folder / FILE_NAME) as connection:
        has_data_docs = (folder / "data_docs" / "index.html").is_file()
        page = render_report(connection, card, has_data_docs=has_data_docs)
        (folder / "report" / "index.html").write_text(page, "utf-8")
        pages = render_pages(connection, card, has_data_docs=has_data_docs)
        for name, text in pages.items():
            (folder / "report" / name).write_text(text, "utf-8")
        (folder / "docs" / "data_dictionary.html").write_text(
            render_dictionary(connection, card), "utf-8"
        )
        write_data_package(folder, card, connection)
    shutil.copytree(SAMPLES, folder / "docs" / "queries", copy_function=shutil.copyfile)
    static = paths.dbt_target / "static_index.html"
    if static.is_file():
        shutil.copyfile(static, folder / "docs" / "dbt.html")
    return largest_movements(card, folder, old, before) if old and before else []
