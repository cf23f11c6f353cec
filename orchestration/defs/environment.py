"""Environment variables that every tool of the project shares, and Dagster's settings file."""

from __future__ import annotations

import os
from pathlib import Path

from warehouse.paths import DataPaths
from warehouse.storage.machine import memory_limit, usable_cores

SETTINGS = Path(__file__).resolve().parent.parent / "dagster.yaml"


def apply_environment(paths: DataPaths) -> None:
    """Set what dbt and Great Expectations read from the environment of this process."""
    for name, value in environment(paths).items():
        # a process keeps the Dagster instance that it was started with
        if name != "DAGSTER_HOME" or name not in os.environ:
            os.environ[name] = value
    paths.working.mkdir(parents=True, exist_ok=True)


def environment(paths: DataPaths) -> dict[str, str]:
    """Variables that every tool of the project shares; `pax env` prints them."""
    return {
        "PAX_HOME": str(paths.data_dir),
        "DAGSTER_HOME": str(paths.dagster_home),
        "DO_NOT_TRACK": "1",
        "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
        "GX_ANALYTICS_ENABLED": "false",
        "PAX_THREADS": os.environ.get("PAX_THREADS") or str(usable_cores()),
        "PAX_MEMORY_LIMIT": os.environ.get("PAX_MEMORY_LIMIT") or memory_limit(),
    }


def postgres_dsn() -> str:
    """The PostgreSQL database that gets every release; empty where none is named.

    A password is better kept in the file of PGPASSFILE.
    """
    return os.environ.get("PAX_POSTGRES_DSN", "").strip()


def inbox_uri() -> str:
    """An inbox in object storage, beside the folder of this machine; empty where none is named."""
    return os.environ.get("PAX_INBOX_URI", "").strip()


def webhook_url() -> str:
    """Where notices of failed runs and of new releases go; empty where none are wanted."""
    return os.environ.get("PAX_WEBHOOK_URL", "").strip()


def write_settings(paths: DataPaths) -> None:
    """Write `dagster.yaml`, unless a person has removed its first line to keep changes."""
    place, text = paths.dagster_home / "dagster.yaml", SETTINGS.read_text(encoding="utf-8")
    header = text.partition("\n")[0]
    if place.is_file():
        before = place.read_text(encoding="utf-8")
        if before == text or not before.startswith(header):
            return
    # logs and configurations of runs are of this user alone
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    beside = place.with_name(f".{place.name}.{os.getpid()}")
    beside.write_text(text, encoding="utf-8")
    beside.replace(place)
