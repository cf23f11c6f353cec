"""The recipes of docs/connect run as they are written, on the bundled release."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest
import yaml
from sqlalchemy import MetaData, Table, create_engine, inspect, text
from sqlalchemy.exc import ProgrammingError

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


def statements(page: str) -> list[str]:
    """The statements of a page, as they are typed after the prompt `D`."""
    text = (CONNECT / page).read_text("utf-8")
    typed = re.findall(r"^D (.*?;)$", text, re.MULTILINE | re.DOTALL)
    assert typed, page
    return typed


def test_the_duckdb_command_line_answers(whole_run: FinishedRun, tmp_path: Path) -> None:
    database = str(whole_run.paths.current / "pax_silica.duckdb")
    program = str(Path(sys.executable).with_name("duckdb"))

    def duckdb_cli(*words: str, sql: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [program, *words, database], input=sql, cwd=tmp_path, capture_output=True, text=True,
            timeout=120, check=False,
        )  # fmt: skip

    for sql in statements("duckdb_cli.md"):
        done = duckdb_cli("-readonly", "-csv", sql=sql)
        assert (done.returncode, done.stderr) == (0, ""), sql
        assert len(done.stdout.splitlines()) >= 4, sql
    first = duckdb_cli("-readonly", "-csv", sql=statements("duckdb_cli.md")[0]).stdout
    assert first.splitlines()[1] == "Lithium,99.0"
    refused = duckdb_cli("-readonly", sql="create table marts.mine (x integer);")
    assert "read-only" in refused.stderr


def test_no_date_is_beyond_the_calendar_of_a_tool(whole_run: FinishedRun) -> None:
    with duckdb.connect(str(whole_run.paths.current / "pax_silica.duckdb"), read_only=True) as db:
        columns = db.execute(
            "select table_name, column_name from duckdb_columns()"
            " where schema_name = 'marts' and (data_type = 'DATE' or data_type like 'TIMESTAMP%')"
        ).fetchall()
        assert ("publish_info", "as_known_on") in columns
        for table, column in columns:
            found = db.execute(f'select max(year("{column}")) from marts."{table}"').fetchone()
            assert found
            assert (found[0] or 0) < 2200, (table, column)


def test_sqlalchemy_lists_what_there_is(whole_run: FinishedRun) -> None:
    """What the recipe promises of 2.0: queries, names and columns; not the reflection of a table,
    for which the driver asks for a type of PostgreSQL."""
    database = whole_run.paths.current / "pax_silica.duckdb"
    engine = create_engine(f"duckdb:///{database}", connect_args={"read_only": True})
    inspector = inspect(engine)
    assert "supplier_share" in inspector.get_table_names(schema="marts")
    assert "partner_dashboard" in inspector.get_view_names(schema="analysis")
    names = [c["name"] for c in inspector.get_columns("dim_country", schema="marts")]
    assert names[0] == "country_id"
    with pytest.raises(ProgrammingError, match="REGCLASS"):
        Table("dim_country", MetaData(), schema="marts", autoload_with=engine)
    engine.dispose()


def test_a_pool_notices_a_new_release(tmp_path: Path) -> None:
    """`current` leads to another folder: with `pool_recycle` the next connection reads it."""
    link = tmp_path / "current"
    ids = []
    folders = []
    for number in range(2):
        folder = tmp_path / f"release{number}"
        folder.mkdir()
        with duckdb.connect(str(folder / "pax_silica.duckdb")) as made:
            made.execute("create schema marts")
            made.execute(f"create table marts.publish_info as select 'r{number}' as release_id")
        folders.append(folder)
    link.symlink_to(folders[0])
    engine = create_engine(
        f"duckdb:///{link}/pax_silica.duckdb", connect_args={"read_only": True}, pool_recycle=1
    )
    for number in range(2):
        with engine.connect() as connection:
            ids.append(
                connection.execute(text("select release_id from marts.publish_info")).scalar()
            )
        if number == 0:
            beside = tmp_path / "next"
            beside.symlink_to(folders[1])
            beside.replace(link)
            time.sleep(2.1)
    engine.dispose()
    assert ids == ["r0", "r1"]


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
