"""Files in the inbox that a source refused: why, and whether it is worth trying them again."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from sources.kit.catalog import SOURCES, SourceSpec
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import write_atomic


def code_version(spec: SourceSpec) -> str:
    """A short hash of the code that reads a source's files."""
    digest = hashlib.sha256(spec.parser_version.encode())
    for path in sorted((SOURCES / "kit").rglob("*.*")):
        if path.suffix in (".py", ".csv", ".txt"):
            digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def file_key(spec: SourceSpec, path: Path) -> str:
    """Changes with the file (or the files of the folder) and with the code that reads it."""
    files = [p for p in sorted(path.rglob("*")) if p.is_file()] if path.is_dir() else [path]
    facts = [(p.name, p.stat().st_size, p.stat().st_mtime_ns) for p in files]
    return hashlib.sha256(repr([*facts, code_version(spec)]).encode()).hexdigest()[:16]


def note_refusal(paths: DataPaths, spec: SourceSpec, path: Path, reason: str) -> None:
    """Record that a file in the inbox was refused; it stays there."""
    note = {"key": file_key(spec, path), "reason": reason}
    write_atomic(_note(paths, spec.source_id, path.name), json.dumps(note).encode())


def clear_refusal(paths: DataPaths, spec: SourceSpec, path: Path) -> None:
    _note(paths, spec.source_id, path.name).unlink(missing_ok=True)


def refusal(paths: DataPaths, spec: SourceSpec, path: Path) -> str:
    """Why a file was refused; empty if it was not, or if it or the code has changed since."""
    try:
        note = json.loads(_note(paths, spec.source_id, path.name).read_bytes())
        return str(note["reason"]) if note["key"] == file_key(spec, path) else ""
    except (OSError, ValueError, KeyError):
        return ""


def _note(paths: DataPaths, source_id: str, name: str) -> Path:
    return paths.inbox / source_id / ".refused" / f"{name}.json"
