"""How partitions of one source land: bundled, from the publisher, or from files of a person."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx

from orchestration.defs.ingestion.partitions import bundled_partitions, offered_partitions
from orchestration.defs.ingestion.refused_files import clear_refusal, note_refusal
from orchestration.progress import report_progress
from orchestration.resources import IngestConfig
from sources.kit import requests
from sources.kit.catalog import SourceSpec
from sources.kit.errors import (
    CorruptFileError,
    QuarantineLimitError,
    SourceBlockedError,
    SourceError,
    SourceNotFoundError,
    SourceUnavailableError,
    UnknownLayoutError,
)
from sources.kit.http import HttpClient
from warehouse.paths import DataPaths
from warehouse.storage.landing import declare_tables, land_bundle, land_files
from warehouse.storage.load_records import Landed, mark_stale
from warehouse.storage.request_log import RequestLog
from warehouse.storage.set_aside import SetAside, set_aside_damaged

Client = Callable[[SourceSpec], HttpClient]
#: Errors of one partition: the others are still asked for.
_OF_ONE_PARTITION = (
    SourceNotFoundError,
    UnknownLayoutError,
    CorruptFileError,
    QuarantineLimitError,
)


@dataclass
class Ingested:
    """What landed, partition by partition, and what the publisher failed to give."""

    landed: list[Landed] = field(default_factory=list)
    failures: list[Exception] = field(default_factory=list)
    damaged: list[SetAside] = field(default_factory=list)

    @property
    def is_transient(self) -> bool:
        """Whether asking again may help: the publisher or the network did not answer."""
        return any(
            isinstance(e, SourceUnavailableError | httpx.TransportError)
            and not isinstance(e, SourceBlockedError | SourceNotFoundError)
            for e in self.failures
        )


def client(spec: SourceSpec) -> HttpClient:
    """The source's own client where its `fetch.py` makes one (keys, timeouts), else the plain."""
    own = getattr(spec.fetch, "client", None)
    return own() if own else HttpClient(spec.source_id)


def ingest(
    spec: SourceSpec,
    paths: DataPaths,
    inputs: IngestConfig,
    keys: Sequence[str] = (),
    connect: Client = client,
) -> Ingested:
    """Land the partitions `keys` of a source and the files that a person gave.

    What was changed since it landed is set aside first: a bundled partition then lands again. An
    uploaded file that is refused leaves the others alone.

    Raises:
        SourceError: a bundled file cannot be used, or a key names no partition.
        LandingError: the landing cannot be written.
    """
    declare_tables(paths, [spec])
    done = Ingested(damaged=set_aside_damaged(paths, spec))
    bundled, live = _by_access_method(spec, inputs.access_method, keys)
    if bundled:
        done.landed += land_bundle(spec, paths, bundled)
    if live is not None:
        asked = land_live(spec, paths, live, connect)
        done.landed += asked.landed
        done.failures += asked.failures
    for path in map(Path, inputs.manual):
        try:
            done.landed += land_upload(spec, paths, path)
        except SourceError as error:
            done.failures.append(error)
            if path.is_relative_to(paths.inbox) and path.exists():
                note_refusal(paths, spec, path, str(error))
    return done


def _by_access_method(
    spec: SourceSpec, access_method: str, keys: Sequence[str]
) -> tuple[list[str], list[str] | None]:
    """Bundled partitions to land; partitions to ask for (empty: the usual ones; None: nothing)."""
    in_bundle, offered = set(bundled_partitions(spec)), set(offered_partitions(spec))
    if access_method == "bundled" or "live" not in spec.access_methods:
        return [key for key in keys if key in in_bundle], None
    if access_method == "live":
        return [], [key for key in keys if key in offered]
    asked = [key for key in keys if key in offered - in_bundle]
    is_whole = not keys and not in_bundle | offered  # a source without partitions
    return [key for key in keys if key in in_bundle], asked if asked or is_whole else None


def land_live(
    spec: SourceSpec, paths: DataPaths, wanted: Sequence[str], connect: Client = client
) -> Ingested:
    """Ask the publisher, a partition or batch at a time; a failure marks the source stale.

    A failure of one partition leaves the others alone; a publisher that does not answer, or
    refuses this client, is asked nothing more.
    """
    done = Ingested()
    try:
        with connect(spec) as http:
            asked = requests.live_partitions(spec, wanted)
            for landed in _arriving(spec, paths, http, asked, done.failures):
                done.landed += landed
    except (SourceError, httpx.HTTPError) as error:
        done.failures.append(error)
    if done.failures:
        reason = "; ".join(map(str, done.failures))
        mark_stale(paths, spec.source_id, reason, datetime.now(UTC))
    return done


def _arriving(
    spec: SourceSpec,
    paths: DataPaths,
    http: HttpClient,
    wanted: list[str],
    failures: list[Exception],
) -> Iterator[list[Landed]]:
    """What lands, as it lands: by partition, or by batch of a fetch that keeps a request log."""
    fetch_batches = getattr(spec.fetch, "fetch_batches", None)
    if fetch_batches is None:
        for partition in wanted:
            try:
                files = requests.fetched(spec, partition, http)
                landed = land_files(spec, files, "live", paths)
            except _OF_ONE_PARTITION as error:
                failures.append(error)
            else:
                yield landed
        return

    def on_batch(text: str, done: int, total: int) -> None:
        report_progress("landing", f"{spec.source_id}: {text}", done, total)

    request_log = RequestLog(paths, spec, on_batch)
    for batch in fetch_batches(http, request_log, wanted):
        landed = land_files(spec, batch.files, "live", paths)
        if batch.is_whole:
            request_log.landed(batch.key, [one.load_record.partition for one in landed])
        yield landed


def land_upload(spec: SourceSpec, paths: DataPaths, path: Path) -> list[Landed]:
    """Land a file or folder; one from the inbox then moves to `.processed/`, to land once."""
    aside = paths.inbox / spec.source_id / ".processed"
    is_from_inbox = path.is_relative_to(paths.inbox)
    if is_from_inbox and not path.exists() and (aside / path.name).exists():
        return []  # a run that this one has waited for has landed it
    landed = land_files(spec, requests.manual_files(spec, [path]), "manual", paths)
    if is_from_inbox:
        aside.mkdir(exist_ok=True)
        clear_refusal(paths, spec, path)
        if (aside / path.name).is_dir():  # a folder of that name, which a rename cannot replace
            shutil.rmtree(aside / path.name)
        path.replace(aside / path.name)
    return landed
