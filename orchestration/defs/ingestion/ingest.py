"""How one source lands: what it brings along, then what its publisher serves, then dropped files.

A live source that fails changes nothing: it is marked stale, and the run goes on with what landed
before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from orchestration import progress
from orchestration.resources import IngestConfig
from sources.kit import requests
from sources.kit.catalog import SourceSpec
from sources.kit.errors import (
    CorruptFileError,
    QuarantineLimitError,
    SourceError,
    SourceNotFoundError,
    UnknownLayoutError,
)
from sources.kit.http import HttpClient
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle, land_files
from warehouse.storage.load_records import Landed, list_load_records, mark_stale
from warehouse.storage.request_log import RequestLog

Client = Callable[[SourceSpec], HttpClient]
_OF_ONE_PARTITION = (
    SourceNotFoundError,
    UnknownLayoutError,
    CorruptFileError,
    QuarantineLimitError,
)


def client(spec: SourceSpec) -> HttpClient:
    """The source's own client where its `fetch.py` makes one (keys, patience), else the plain."""
    own = getattr(spec.fetch, "client", None)
    return own() if own else HttpClient(spec.source_id)


def land_source(
    spec: SourceSpec, paths: DataPaths, inputs: IngestConfig, connect: Client = client
) -> list[Landed]:
    """Everything that this run takes in of one source."""
    declare_tables(paths, [spec])
    landed: list[Landed] = []
    # a source that has never landed is no source to leave alone: its marts would be empty
    if inputs.wants(spec.source_id) or not list_load_records(paths, spec.source_id):
        landed += land_bundle(spec, paths)
    if spec.source_id in inputs.live:
        landed += land_live(spec, paths, inputs.partitions, connect)
    for path in inputs.manual.get(spec.source_id, ()):
        landed += land_dropped(spec, paths, Path(path))
    return landed


def land_live(
    spec: SourceSpec, paths: DataPaths, wanted: list[str], connect: Client = client
) -> list[Landed]:
    """Ask the publisher, a partition or batch at a time; a failure marks the source stale.

    What is wrong with one partition leaves the others alone; of a publisher that does not answer,
    or refuses us, nothing more is asked.
    """
    landed: list[Landed] = []
    failures: list[str] = []
    try:
        with connect(spec) as http:
            asked = requests.live_partitions(spec, wanted)
            for done in _arriving(spec, paths, http, asked, failures):
                landed += done
    except (SourceError, httpx.HTTPError) as error:
        failures.append(str(error))
    if failures:
        mark_stale(paths, spec.source_id, "; ".join(failures), datetime.now(UTC))
    return landed


def _arriving(
    spec: SourceSpec, paths: DataPaths, http: HttpClient, wanted: list[str], failures: list[str]
) -> Iterator[list[Landed]]:
    """What lands, as it lands: by partition, or by batch of a pull that keeps a ledger."""
    if not hasattr(spec.fetch, "fetch_batches"):
        for partition in wanted:
            try:
                files = requests.fetched(spec, partition, http)
                landed = land_files(spec, files, "live", paths)
            except _OF_ONE_PARTITION as error:
                failures.append(str(error))
            else:
                yield landed
        return

    def say(text: str, done: int, total: int) -> None:
        progress.report_progress("landing", f"{spec.source_id}: {text}", done, total)

    ledger = RequestLog(paths, spec, say)
    for batch in spec.fetch.fetch_batches(http, ledger, wanted):
        landed = land_files(spec, batch.files, "live", paths)
        if batch.is_whole:
            ledger.landed(batch.key, [one.load_record.partition for one in landed])
        yield landed


def land_dropped(spec: SourceSpec, paths: DataPaths, path: Path) -> list[Landed]:
    """Land a file out of the drop folder, then put it aside so that it lands once."""
    landed = land_files(spec, requests.manual_files(spec, [path]), "manual", paths)
    if path.is_relative_to(paths.inbox):
        aside = paths.inbox / spec.source_id / ".landed"
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
    return landed
