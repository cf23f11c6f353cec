"""Nothing in the repository depends on the machine, the mirror or the keys of one person."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.architecture.repository import ROOT, relative, tracked_files

#: The default of every installer: the lock names it, no other file does.
PUBLIC = {"https://pypi.org/simple", "https://files.pythonhosted.org"}
TEXTS = {
    ".py", ".md", ".yml", ".yaml", ".toml", ".sql", ".csv", ".json", ".txt", ".cfg", ".lock",
    ".html", ".j2", ".sh", "",
}  # fmt: skip

_MACHINE = re.compile(
    r"(?<![\w./~-])/(?:home|Users|root|work|mnt|srv|private|var/folders)/[A-Za-z0-9_.-]+|[A-Z]:\\\\Users"
)
_INDEX = re.compile(
    r"https?://[^\s\"'<>)]*(?:/simple\b|pypi|pythonhosted|artifactory|nexus|devpi|/api/pypi)"
    r"[^\s\"'<>)]*"
)
_SECRET = re.compile(
    r"(?i)(?:api[_-]?key|token|password|secret)\s*[=:]\s*['\"][A-Za-z0-9/+_-]{20,}['\"]"
)


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked_files():
        name = relative(path)
        is_text = path.suffix in TEXTS and "/vendor/" not in name
        if is_text and not name.startswith("tests/architecture/"):
            yield name, path.read_text(encoding="utf-8", errors="replace")


def test_no_absolute_path_of_a_machine() -> None:
    found = [
        f"{name}: {match.group()}" for name, text in texts() for match in _MACHINE.finditer(text)
    ]
    assert not found, "\n".join(found[:20])


def test_no_package_index_but_the_public_default_in_the_lock() -> None:
    found = []
    for name, text in texts():
        for match in _INDEX.finditer(text):
            is_public = any(match.group().startswith(host) for host in PUBLIC)
            if not (name == "uv.lock" and is_public):
                found.append(f"{name}: {match.group()}")
    assert not found, "\n".join(found[:20])


def test_lock_points_to_public_hosts_only() -> None:
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = {match.group(1) for match in re.finditer(r"https?://([^/\"\s]+)", text)}
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}, hosts


def test_export_for_mirrors_names_no_address() -> None:
    export = ROOT / "requirements.txt"
    assert "://" not in export.read_text(encoding="utf-8")


def test_no_secret_is_committed() -> None:
    found = [name for name, text in texts() if _SECRET.search(text)]
    assert not found, found


def test_no_large_or_foreign_file_is_committed() -> None:
    """Bundles together stay below 10 MB, and no publisher's file is in the repository."""
    sizes = {path: path.stat().st_size for path in tracked_files()}
    bundled = sum(size for path, size in sizes.items() if "bundled" in path.parts)
    assert bundled < 10_000_000, f"{bundled:,} bytes of bundles"
    formats = {".zip", ".gz", ".7z", ".xlsx", ".xls", ".pdf", ".duckdb"}
    foreign = [
        relative(path)
        for path in sizes
        if path.suffix in formats and "fixtures" not in path.parts and "tests" not in path.parts
    ]
    assert not foreign, foreign
