"""Run dbt on a data directory of the tests, in a separate process, and read what it built."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import duckdb
import orjson

from warehouse.paths import DBT_PROJECT, DataPaths


def run_dbt(
    paths: DataPaths, *command: str, project: Path = DBT_PROJECT
) -> subprocess.CompletedProcess[str]:
    """`dbt <command>` with all paths below the data directory; its output is in the result."""
    paths.working.mkdir(parents=True, exist_ok=True)
    arguments = [
        *(sys.executable, "-m", "dbt.cli.main", *command),
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(paths.dbt_target), "--log-path", str(paths.working / "logs")),
        *("--log-level-file", "none", "--no-use-colors"),
    ]
    environment = os.environ | {"PAX_HOME": str(paths.data_dir)}
    return subprocess.run(arguments, env=environment, capture_output=True, text=True)


def build(paths: DataPaths, *selection: str, project: Path = DBT_PROJECT) -> None:
    """Build seeds, models and their tests, as far as selected.

    Raises:
        AssertionError: with the failures that dbt prints.
    """
    done = run_dbt(paths, "build", *selection, project=project)
    if done.returncode:
        raise AssertionError(f"dbt build failed:\n{_failures(done.stdout)}")


def manifest(paths: DataPaths) -> dict[str, Any]:
    """dbt's manifest after a parse or build."""
    loaded: dict[str, Any] = orjson.loads((paths.dbt_target / "manifest.json").read_bytes())
    return loaded


def read(database: Path, sql: str, values: Sequence[Any] = ()) -> list[dict[str, Any]]:
    """Rows of a working database as dictionaries."""
    with duckdb.connect(str(database), read_only=True) as connection:
        found = connection.execute(sql, list(values))
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def marts_of(database: Path) -> list[str]:
    """The tables of schema `marts`, by name."""
    rows = read(
        database,
        "select table_name from information_schema.tables where table_schema = 'marts' order by 1",
    )
    return [row["table_name"] for row in rows]


def _failures(output: str) -> str:
    lines = output.splitlines()
    marks = [n for n, line in enumerate(lines) if "Completed with" in line or "Error" in line]
    return "\n".join(lines[marks[0] :] if marks else lines[-60:])
