"""What dbt and Dagster are told about this machine: one place for the CLI, Dagster and tests.

Another home, target or profile here than there would void dbt's partial parse (2-3 seconds) and
write artifacts where nobody looks. As a command it runs dbt inside that environment:
`python -m orchestration.dbt_env build --select dim_country`.
"""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

from warehouse.paths import DBT_PROJECT, DataPaths

#: `1` makes Dagster call dbt's command line (the UI's way: live events), else dbt runs in process.
DBT_CLI_SWITCH = "PAX_DBT_CLI"

QUIET = {
    "DO_NOT_TRACK": "1",
    "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
    "GX_ANALYTICS_ENABLED": "false",
}


def apply(paths: DataPaths) -> None:
    """Set the process environment: the absolute home, no telemetry; make the scratch folders."""
    os.environ.update(QUIET)
    os.environ["PAX_HOME"] = str(paths.data_dir)
    for folder in (paths.dbt_target, logs(paths)):
        folder.mkdir(parents=True, exist_ok=True)


def logs(paths: DataPaths) -> Path:
    """Where dbt, Dagster and Great Expectations write what nobody reads until it is needed."""
    return paths.working / "logs"


def manifest_path(paths: DataPaths) -> Path:
    return paths.dbt_target / "manifest.json"


def run_results_path(paths: DataPaths) -> Path:
    return paths.dbt_target / "run_results.json"


def executable() -> str:
    """dbt beside the running interpreter: PATH may hold another one, or none."""
    beside = Path(sys.executable).with_name("dbt")
    return str(beside) if beside.is_file() else shutil.which("dbt") or "dbt"


def arguments(paths: DataPaths) -> list[str]:
    """The flags that every invocation of dbt shares."""
    return [
        "--project-dir", str(DBT_PROJECT),
        "--profiles-dir", str(DBT_PROJECT),
        "--target-path", str(paths.dbt_target),
        "--log-path", str(logs(paths)),
        "--log-level-file", "none",
    ]  # fmt: skip


def main() -> None:
    paths = DataPaths.at()
    apply(paths)
    command = sys.argv[1:] or ["build"]
    os.execv(executable(), [executable(), *command, *arguments(paths)])


if __name__ == "__main__":
    main()
