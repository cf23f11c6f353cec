"""Has anything changed since the last run? One hash over all inputs, before the heavy imports.

Code, dbt project, bundled figures, what has landed, and the run's parameters. Only the standard
library: the answer must come before Dagster, dbt and Great Expectations are worth loading.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

from warehouse.paths import PROJECT, DataPaths

_CODE = ("orchestration", "sources", "expectations", "warehouse", "dbt_project")
_SKIP = frozenset({"__pycache__", "data", "target", "logs", "dbt_packages"})
_IGNORED = frozenset({".pyc", ".md"})


def fingerprint(paths: DataPaths, parameters: Mapping[str, str | None]) -> dict[str, str]:
    """The hash of each kind of input, so that a message can say what has changed."""
    return {
        "code": _of_files(_code_files()),
        "landed": _of_landing(paths),
        "parameters": _digest(json.dumps(dict(parameters), sort_keys=True).encode()),
        "python": sys.version.split()[0],
    }


def changed(now: Mapping[str, str], then: Mapping[str, str]) -> list[str]:
    """Which kinds of input differ from the last run's."""
    return [kind for kind in now if now[kind] != then.get(kind)]


def _code_files() -> Iterator[Path]:
    yield PROJECT / "uv.lock"
    for package in _CODE:
        yield from _walk(PROJECT / package)


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir():
            if path.name not in _SKIP and not path.name.startswith("."):
                yield from _walk(path)
        elif path.suffix not in _IGNORED:
            yield path


def _of_files(paths: Iterator[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        if path.is_file():
            digest.update(str(path.relative_to(PROJECT)).encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def _of_landing(paths: DataPaths) -> str:
    """Load records and reports of what is set aside by content; Parquet by name, size and time,
    since load records hold the hashes."""
    digest = hashlib.sha256()
    for path in (*_walk(paths.load_records), *sorted(paths.set_aside.glob("*/*/*.json"))):
        digest.update(path.name.encode() + path.read_bytes())
    for path in _walk(paths.landing):
        if "run" not in path.relative_to(paths.landing).parts[:1]:
            facts = path.stat()
            name = path.relative_to(paths.landing)
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
