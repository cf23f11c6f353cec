"""`manifest.json`: identity, contents, sources and licences of a release."""

from __future__ import annotations

import hashlib
import json
import platform
import subprocess
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from warehouse.release.dbt_manifest import Mart
from warehouse.release.metadata_tables import COLUMNS as METADATA_TABLES
from warehouse.release.parquet import MartFile
from warehouse.storage.atomic_write import sha256_of
from warehouse.storage.set_aside import SetAside

FILE_NAME = "manifest.json"
FORMAT = 2
#: The hash of everything else in the manifest.
OWN_HASH = "manifest_sha256"
_TOOLS = ("duckdb", "pyarrow", "dbt-core", "dbt-duckdb", "great-expectations", "dagster")


def identity(
    files: Iterable[MartFile],
    as_of_date: date,
    as_known_on: date,
    set_aside: Iterable[SetAside] = (),
) -> str:
    """The sha256 that identifies a release: its days, the bytes of its marts and their columns,
    and what it lacks because it is set aside.

    The metadata tables are left out: they hold times and check results of the run.
    """
    parts = [
        [file.name, file.sha256, [list(column) for column in file.columns]]
        for file in sorted(files, key=lambda file: file.name)
        if file.name not in METADATA_TABLES
    ]
    missing = [[x.source_id, x.partition, dict(x.table_hashes), x.reason] for x in set_aside]
    days = [as_of_date.isoformat(), as_known_on.isoformat()]
    body = json.dumps([*days, parts, *([missing] if missing else [])], sort_keys=True)
    return hashlib.sha256(body.encode()).hexdigest()


def release_id(as_of_date: date, identity_hash: str) -> str:
    """`<as_of_date>-<first 12 digits>`."""
    return f"{as_of_date.isoformat()}-{identity_hash[:12]}"


def tool_versions() -> dict[str, str]:
    """Versions of the tools that built the release."""
    tools = {"python": platform.python_version()}
    for name in _TOOLS:
        try:
            tools[name] = version(name)
        except PackageNotFoundError:
            continue
    return tools


def git_commit(checkout: Path) -> str | None:
    """The commit of the code, with `+changes` when the checkout is not clean; None without git."""

    def git(*words: str) -> str:
        done = subprocess.run(
            ["git", "-C", str(checkout), *words],
            capture_output=True, text=True, timeout=10, check=True,
        )  # fmt: skip
        return done.stdout.strip()

    try:
        changes = "+changes" if git("status", "--porcelain", "--untracked-files=no") else ""
        return git("rev-parse", "HEAD") + changes
    except (OSError, subprocess.SubprocessError):
        return None


def mart_entry(
    file: MartFile,
    mart: Mart | None,
    why_empty: str | None = None,
    published: Collection[str] = (),
) -> dict[str, Any]:
    """The manifest entry of one table.

    Args:
        why_empty: None where it has rows.
        published: the tables of the release; foreign keys reference these alone.
    """
    return {
        "rows": file.rows,
        "bytes": file.size,
        "sha256": file.sha256,
        "file": f"parquet/{file.name}.parquet",
        "key": list(file.key),
        "foreign_keys": [
            {"column": k.column, "references": k.parent, "referenced_column": k.parent_column}
            for k in (mart.foreign_keys if mart else ())
            if k.parent in published
        ],
        "in_identity": file.name not in METADATA_TABLES,
        "grain": mart.grain if mart else "",
        "sources": list(mart.sources) if mart else [],
        "registers": list(mart.registers) if mart else [],
        "carried": list(mart.carried) if mart else [],
        "columns": [{"name": name, "type": kind} for name, kind in file.columns],
        "why_empty": why_empty,
    }


def source_entries(
    editions: Sequence[Mapping[str, Any]], marts: Iterable[Mart]
) -> list[dict[str, Any]]:
    """One entry per source: licence, editions, and the marts it is in."""
    into: dict[str, list[str]] = {}
    for mart in marts:
        for source in mart.sources:
            into.setdefault(source, []).append(mart.name)
    entries: dict[str, dict[str, Any]] = {}
    for row in editions:
        named = ("title", "publisher", "licence_id", "redistribution", "attribution")
        entry = entries.setdefault(
            row["source_id"],
            {
                "source_id": row["source_id"],
                **{name: row[name] for name in named},
                "marts": sorted(into.get(row["source_id"], [])),
                "editions": [],
            },
        )
        entry["editions"].append(
            {key: row[key] for key in row if key not in named and key != "source_id"}
        )
    return list(entries.values())


def file_entries(folder: Path) -> dict[str, dict[str, Any]]:
    """Size and hash of every file of the release but the manifest itself."""
    return {
        str(path.relative_to(folder)): {"bytes": path.stat().st_size, "sha256": sha256_of(path)}
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != FILE_NAME
    }


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date | datetime) else str(value)


def write_manifest(folder: Path, content: Mapping[str, Any]) -> Path:
    """Write `manifest.json` with the size and hash of every file in `folder`, and its own hash.

    Raises:
        OSError: it cannot be written.
    """
    path = folder / FILE_NAME
    body = {"format": FORMAT, **content, "files": file_entries(folder)}
    body[OWN_HASH] = hashlib.sha256(_text(body).encode()).hexdigest()
    path.write_text(_text(body), "utf-8")
    return path


def is_unchanged(folder: Path) -> bool:
    """Whether the manifest has its own hash; true where it has none, as earlier releases."""
    return has_own_hash(json.loads((folder / FILE_NAME).read_text(encoding="utf-8")))


def has_own_hash(content: Mapping[str, Any]) -> bool:
    """Whether a manifest's content has the hash that it states; true where it states none."""
    body = dict(content)
    stated = body.pop(OWN_HASH, None)
    return stated is None or stated == hashlib.sha256(_text(body).encode()).hexdigest()


def _text(body: Mapping[str, Any]) -> str:
    return json.dumps(body, indent=1, default=_plain, ensure_ascii=False) + "\n"


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a release; None when there is none, or in an unknown format."""
    try:
        content: dict[str, Any] = json.loads((folder / FILE_NAME).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if content.get("format") == 1:
        content = _from_format_1(content)
    return content if content.get("format") == FORMAT else None


def _from_format_1(content: dict[str, Any]) -> dict[str, Any]:
    """Releases of version 0.1.0 name two entries otherwise."""
    for source in content["sources"]:
        for edition in source["editions"]:
            edition["access_method"] = edition.pop("way").replace("dropped", "manual")
    return {**content, "withheld_marts": content.pop("kept_at_home"), "format": FORMAT}
