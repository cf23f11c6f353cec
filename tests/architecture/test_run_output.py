"""What a run writes into a checkout is invisible to git and to every tool of `make test`."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.repository import PACKAGES, ROOT

#: Python that fails every linter, where a run, an interrupted run or a tool leaves files.
LEFT_BEHIND = (
    "warehouse/data/working/dbt_target/compiled/model.py",
    "warehouse/data/releases/.incoming/test_broken.py",
    "dbt_project/target/run/model.py",
    "expectations/uncommitted/data_docs/page.py",
    ".tmp_dagster_home_x1/storage/definition.py",
    "logs/dbt.py",
)
BROKEN = "import os, undeclared_package\ndef f(x):\n    return 1 + 'a'\n"


def tool(name: str) -> str:
    return str(Path(sys.executable).parent / name)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small checkout under this project's settings, after a run."""
    folder = tmp_path_factory.mktemp("checkout")
    for name in (".gitignore", "pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, folder / name)
    for package in (*PACKAGES, "tests"):
        (folder / package).mkdir()
        (folder / package / "__init__.py").write_text('"""A package."""\n', encoding="utf-8")
    (folder / "tests/test_one.py").write_text("def test_one() -> None:\n    assert True\n")
    for words in (["init", "-q"], ["add", "-A"]):
        subprocess.run(["git", *words], cwd=folder, check=True)
    for name in LEFT_BEHIND:
        path = folder / name
        path.parent.mkdir(parents=True)
        path.write_text(BROKEN, encoding="utf-8")
    return folder


def run(checkout: Path, *words: str) -> str:
    done = subprocess.run(words, cwd=checkout, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_git_lists_nothing(checkout: Path) -> None:
    assert run(checkout, "git", "ls-files", "--others", "--exclude-standard") == ""


@pytest.mark.parametrize(
    "words",
    [("ruff", "check", "."), ("ruff", "format", "--check", "."), ("mypy",)],
    ids=["ruff", "ruff_format", "mypy"],
)
def test_linter_reports_nothing(checkout: Path, words: tuple[str, ...]) -> None:
    run(checkout, tool(words[0]), *words[1:])


def test_deptry_reports_nothing(checkout: Path) -> None:
    # this small checkout imports none of the declared packages
    run(checkout, tool("deptry"), ".", "--ignore", "DEP002")


def test_pytest_collects_the_tests_alone(checkout: Path) -> None:
    collected = run(checkout, tool("pytest"), "--collect-only", "-n", "0")
    assert "test_one" in collected
    assert "test_broken" not in collected


def test_a_linter_sees_the_same_file_elsewhere(checkout: Path) -> None:
    """The checks above pass because the files are ignored, not because nothing is looked at."""
    path = checkout / "warehouse" / "visible.py"
    path.write_text(BROKEN, encoding="utf-8")
    try:
        for words in (["ruff", "check", "."], ["mypy"], ["deptry", ".", "--ignore", "DEP002"]):
            done = subprocess.run([tool(words[0]), *words[1:]], cwd=checkout, capture_output=True)
            assert done.returncode == 1, words
            assert b"visible.py" in done.stdout + done.stderr, words
    finally:
        path.unlink()
