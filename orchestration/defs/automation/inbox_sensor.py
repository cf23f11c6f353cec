"""The inbox: a file put into `drop/<source>/` starts a run that lands it."""

import hashlib
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import dagster as dg

from sources.kit.catalog import SourceSpec
from warehouse.paths import DataPaths

#: A file younger than this may still be written.
SETTLED_SECONDS = 5.0
#: By name: the job is made of assets, and these are not needed to ask for a run.
JOB = "pax_run"


def list_inbox_files(paths: DataPaths, source_id: str) -> list[Path]:
    """Files in the source's inbox, in order; hidden ones and what has landed are left out."""
    inbox = paths.inbox / source_id
    found = sorted(inbox.iterdir()) if inbox.is_dir() else []
    return [path for path in found if path.is_file() and not path.name.startswith(".")]


def run_config(live: list[str], manual: Mapping[str, list[str]]) -> dict[str, Any]:
    """The run's inputs as Dagster takes them."""
    return {"resources": {"inputs": {"config": {"live": live, "manual": dict(manual)}}}}


def drop_sensor(paths: DataPaths, sources: Mapping[str, SourceSpec]) -> dg.SensorDefinition:
    @dg.sensor(
        name="drop_folder",
        job_name=JOB,
        minimum_interval_seconds=30,
        description="Lands what is put into drop/<source>/ and publishes what follows from it.",
    )
    def drop_folder(context: dg.SensorEvaluationContext) -> dg.SensorResult | dg.SkipReason:
        requests = [r for source_id in sources if (r := _request(paths, source_id))]
        if requests:
            return dg.SensorResult(run_requests=requests)
        strange = _strange(paths, sources)
        return dg.SkipReason(strange or f"nothing waits in {paths.inbox}/<source>/")

    return drop_folder


def _request(paths: DataPaths, source_id: str) -> dg.RunRequest | None:
    files = list_inbox_files(paths, source_id)
    if not files or any(time.time() - path.stat().st_mtime < SETTLED_SECONDS for path in files):
        return None
    # a refused file stays where it is; its run key keeps it from being tried again unchanged
    facts = [(path.name, path.stat().st_size, path.stat().st_mtime_ns) for path in files]
    key = hashlib.sha256(repr(facts).encode()).hexdigest()[:16]
    return dg.RunRequest(
        run_key=f"{source_id}:{key}",
        run_config=run_config([], {source_id: [str(path) for path in files]}),
        tags={"pax/source": source_id},
    )


def _strange(paths: DataPaths, sources: Mapping[str, SourceSpec]) -> str:
    folders = [p.name for p in paths.inbox.iterdir() if p.is_dir()] if paths.inbox.is_dir() else []
    unknown = sorted(set(folders) - set(sources))
    if not unknown:
        return ""
    return f"no source is called {', '.join(unknown)}; choose one of: {', '.join(sources)}"
