"""The recipes of docs/connect run as they are written, on the bundled release."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.orchestration.conftest import FinishedRun
from warehouse.paths import PROJECT

pytestmark = pytest.mark.xdist_group("whole_run")
CONNECT = PROJECT / "docs" / "connect"
WRITTEN = "warehouse/data/current/pax_silica.duckdb"
BLOCKS = re.findall(r"```python\n(.*?)```", (CONNECT / "python.md").read_text("utf-8"), re.DOTALL)


def run_code(code: str, run: FinishedRun, folder: Path) -> str:
    """Run a recipe in its own process; the path of the release is put in."""
    assert WRITTEN in code
    path = str(run.paths.current / "pax_silica.duckdb")
    done = subprocess.run(
        [sys.executable, "-c", code.replace(WRITTEN, path)],
        cwd=folder, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("number", range(len(BLOCKS)))
def test_a_recipe_in_python_runs(whole_run: FinishedRun, tmp_path: Path, number: int) -> None:
    expected = ["Magnesium metal", "clauses of China", "('"]
    assert len(BLOCKS) == len(expected)
    assert expected[number] in run_code(BLOCKS[number], whole_run, tmp_path)


def test_the_cells_of_the_notebook_run_in_order(whole_run: FinishedRun, tmp_path: Path) -> None:
    notebook = json.loads((CONNECT / "first_questions.ipynb").read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    # no answers in the file: they would be those of an older release
    assert all(cell["outputs"] == [] for cell in cells)
    code = "\n\n".join("".join(cell["source"]) for cell in cells)
    assert whole_run.paths.current.resolve().name in run_code(code, whole_run, tmp_path)


def test_the_citation_names_the_version_and_licence_of_the_project() -> None:
    citation = yaml.safe_load((PROJECT / "CITATION.cff").read_text(encoding="utf-8"))
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert f'version = "{citation["version"]}"' in project
    assert citation["license"] == "Apache-2.0"
