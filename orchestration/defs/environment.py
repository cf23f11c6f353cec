"""Environment variables that every tool of the project shares."""

from __future__ import annotations

import os

from warehouse.paths import DataPaths


def apply_environment(paths: DataPaths) -> None:
    """Set what dbt and Great Expectations read from the environment of this process."""
    os.environ.update(environment(paths))
    paths.working.mkdir(parents=True, exist_ok=True)


def environment(paths: DataPaths) -> dict[str, str]:
    """Variables that every tool of the project shares; `pax env` prints them."""
    return {
        "PAX_HOME": str(paths.data_dir),
        "DAGSTER_HOME": str(paths.dagster_home),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
    }
