"""`pax dev`, `pax env`, `pax docs`: Dagster's UI and dbt's documentation of a data directory."""

from __future__ import annotations

import os
import shlex
import sys

from rich.console import Console

from orchestration.cli.write_lock import write_lock
from orchestration.defs.environment import environment, write_settings
from orchestration.defs.transformation.dbt_command import run_dbt
from orchestration.errors import DataDirNotWritableError, PaxError
from warehouse.paths import DBT_PROJECT, PROJECT, DataPaths


def dagster_dev(paths: DataPaths, host: str, port: int) -> None:
    """Replace this process by `dagster dev` on the instance that `pax run` writes to."""
    _make_folders(paths)
    os.environ.update(environment(paths))
    os.chdir(PROJECT)
    command = ["dagster", "dev", "-m", "orchestration.definitions", "-h", host, "-p", str(port)]
    os.execv(sys.executable, [sys.executable, "-m", *command])


def show_environment(paths: DataPaths) -> None:
    """Print the variables that `dagster`, `dg` and `dbt` need to work on the same data; makes the
    folders that they name."""
    _make_folders(paths)
    for name, value in environment(paths).items():
        print(f"export {name}={shlex.quote(value)}")


def _make_folders(paths: DataPaths) -> None:
    try:
        write_settings(paths)
        paths.inbox.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataDirNotWritableError(paths.data_dir, error) from error


def dbt_docs(paths: DataPaths, console: Console) -> None:
    """One static page in the working folder; needs a database that was built."""
    with write_lock(paths, "pax docs"):
        done = run_dbt(paths, "docs", "generate", "--static")
    page = paths.dbt_target / "static_index.html"
    if done.returncode or not page.is_file():
        raise PaxError(
            "dbt could not write its documentation: " + (done.stdout + done.stderr)[-800:].strip(),
            where=str(DBT_PROJECT),
            remedy="`pax run` first: the documentation describes what was built",
        )
    console.print(str(page), soft_wrap=True, highlight=False)
