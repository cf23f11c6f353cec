"""What the tests of this folder read: tracked files and the syntax trees of Python modules."""

from __future__ import annotations

import ast
import functools
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("sources", "warehouse", "expectations", "orchestration")


@functools.cache
def tracked_files() -> tuple[Path, ...]:
    """Files in git; a checkout without git (an archive) skips the test."""
    try:
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
        ).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("not a git checkout: there is no list of files")
    files = (ROOT / name for name in listed.decode().split("\0") if name)
    return tuple(path for path in files if path.is_file())


def tracked(*suffixes: str) -> list[Path]:
    return [path for path in tracked_files() if path.suffix in suffixes]


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def package_modules() -> Iterator[Path]:
    for package in PACKAGES:
        yield from sorted((ROOT / package).rglob("*.py"))


@functools.cache
def syntax_tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def imported_modules(path: Path) -> set[str]:
    """Full dotted names that a module imports, anywhere in the file."""
    names: set[str] = set()
    for node in ast.walk(syntax_tree(path)):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def is_ours(module: str) -> bool:
    return module.partition(".")[0] in (*PACKAGES, "tests")


def is_third_party(module: str) -> bool:
    return not is_ours(module) and module.partition(".")[0] not in sys.stdlib_module_names
