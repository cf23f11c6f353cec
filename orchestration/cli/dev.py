"""`pax dev` and `pax docs`: Dagster's UI and dbt's documentation, in the home's environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from rich.console import Console

from orchestration import dbt_env
from orchestration.errors import PaxError
from warehouse.paths import DBT_PROJECT, PROJECT, DataPaths


def dagster_dev(paths: DataPaths, host: str, port: int) -> None:
    """Replace this process by `dagster dev`; its history lies in the home, not in the checkout."""
    dbt_env.apply(paths)
    instance = paths.data_dir / "dagster"
    instance.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(Path(__file__).with_name("dagster.yaml"), instance / "dagster.yaml")
    os.environ["DAGSTER_HOME"] = str(instance)
    os.environ[dbt_env.DBT_CLI_SWITCH] = "1"
    paths.inbox.mkdir(parents=True, exist_ok=True)
    os.chdir(PROJECT)
    os.execv(
        sys.executable,
        # its advice to use another command is not for who typed `pax dev`
        [sys.executable, "-W", "ignore", "-m", "dagster", "dev", "-m", "orchestration.definitions",
         "-h", host, "-p", str(port)],
    )  # fmt: skip


def dbt_docs(paths: DataPaths, console: Console) -> None:
    """One static page below the home's working folder; needs a database that was built."""
    dbt_env.apply(paths)
    command = [dbt_env.executable(), "docs", "generate", "--static", *dbt_env.arguments(paths)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    page = paths.dbt_target / "static_index.html"
    if done.returncode or not page.is_file():
        raise PaxError(
            "dbt could not write its documentation: " + (done.stdout + done.stderr)[-800:].strip(),
            where=str(DBT_PROJECT),
            remedy="`pax run` first: the documentation describes what was built",
        )
    console.print(str(page), soft_wrap=True, highlight=False)
