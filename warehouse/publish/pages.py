"""What a release holds beside its Parquet: the database, the report, the docs, CHANGES.md."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from warehouse.duck import reading
from warehouse.publish.catalog import Mart
from warehouse.publish.changes import changes_text
from warehouse.publish.manifest import mart_entry, read_manifest, source_entries
from warehouse.publish.own_tables import Verdict, check_rows, write_own
from warehouse.publish.parquet import MartFile
from warehouse.publish.snapshot import FILE_NAME, words_of, write_snapshot
from warehouse.publish.verify import SAMPLES
from warehouse.report.build import dictionary_page, report_page
from warehouse.rooms import Rooms


@dataclass(frozen=True)
class Draft:
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
    editions: tuple[Mapping[str, Any], ...]
    kept_at_home: dict[str, tuple[str, ...]]
    tools: dict[str, str]


def _info_row(draft: Draft) -> dict[str, Any]:
    return {
        "release_id": draft.release_id,
        "data_version": draft.data_version,
        "as_of_date": draft.as_of_date,
        "as_known_on": draft.as_known_on,
        "built_at": draft.built_at.replace(tzinfo=None),
        "run_id": draft.run_id,
        "previous_release_id": draft.previous_id,
        "git_sha": draft.git_sha,
        "fingerprint": draft.fingerprint,
        "n_marts": len(draft.files),
        "kept_at_home": ", ".join(draft.kept_at_home) or None,
        "tools": json.dumps(draft.tools, sort_keys=True),
    }


#: Why a mart is not in a release; the working database has it.
AT_HOME = "carries rows as these sources declared them, and their terms forbid redistribution"


def write_tables(draft: Draft, verdicts: Sequence[Verdict]) -> dict[str, Any]:
    """Add the two own tables, build the database, and give the manifest's content."""
    parquet = draft.folder / "parquet"
    own = [
        write_own("check_result", check_rows(verdicts), parquet),
        write_own("publish_info", [_info_row(draft)], parquet),
    ]
    files = sorted([*draft.files, *own], key=lambda file: file.name)
    write_snapshot(draft.folder, files, words_of(draft.marts))
    by_name = {mart.name: mart for mart in draft.marts}
    return {
        "release_id": draft.release_id,
        "data_version": draft.data_version,
        "as_of_date": draft.as_of_date.isoformat(),
        "as_known_on": draft.as_known_on.isoformat(),
        "built_at": draft.built_at.isoformat(timespec="microseconds"),
        "run_id": draft.run_id,
        "previous_release_id": draft.previous_id,
        "git_sha": draft.git_sha,
        "fingerprint": draft.fingerprint,
        "tools": draft.tools,
        "n_marts": len(draft.files),
        "marts": {file.name: mart_entry(file, by_name.get(file.name)) for file in files},
        "kept_at_home": [
            {"mart": mart, "because_of": list(sources), "why": AT_HOME}
            for mart, sources in draft.kept_at_home.items()
        ],
        "sources": source_entries(draft.editions, draft.marts),
    }


def write_pages(draft: Draft, card: Mapping[str, Any], rooms: Rooms) -> None:
    """Write report/, docs/ and CHANGES.md from the release itself."""
    folder = draft.folder
    before = rooms.releases / draft.previous_id if draft.previous_id else None
    old = read_manifest(before) if before else None
    changes = changes_text(card, folder, old, before)
    (folder / "CHANGES.md").write_text(changes, encoding="utf-8")
    for name in ("report", "docs"):
        (folder / name).mkdir()
    with reading(folder / FILE_NAME) as connection:
        (folder / "report" / "index.html").write_text(report_page(connection, card), "utf-8")
        (folder / "docs" / "data_dictionary.html").write_text(
            dictionary_page(connection, card), "utf-8"
        )
    shutil.copytree(SAMPLES, folder / "docs" / "queries", copy_function=shutil.copyfile)
    static = rooms.dbt_target / "static_index.html"
    if static.is_file():
        shutil.copyfile(static, folder / "docs" / "dbt.html")
