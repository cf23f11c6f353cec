"""How one source lands: what it brings along, then what its publisher serves, then dropped files.

A live source that fails changes nothing: it is marked stale, and the run goes on with what landed
before.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx

from orchestration import partitions, progress
from orchestration.resources import Inputs
from sources.kit.catalog import SourceSpec
from sources.kit.errors import (
    BrokenFile,
    SourceAbsent,
    SourceError,
    TooManyUnreadable,
    UnknownLayout,
)
from sources.kit.http import Http
from warehouse.landing import declare_tables, land_bundle, land_files
from warehouse.ledger import PullLedger
from warehouse.receipts import Landed, list_receipts, mark_stale
from warehouse.rooms import Rooms

Client = Callable[[SourceSpec], Http]
_OF_ONE_PARTITION = (SourceAbsent, UnknownLayout, BrokenFile, TooManyUnreadable)


def client(spec: SourceSpec) -> Http:
    """The source's own client where its `fetch.py` makes one (keys, patience), else the plain."""
    own = getattr(spec.fetch, "client", None)
    return own() if own else Http(spec.source_id)


def land_source(
    spec: SourceSpec, rooms: Rooms, inputs: Inputs, connect: Client = client
) -> list[Landed]:
    """Everything that this run takes in of one source."""
    declare_tables(rooms, [spec])
    landed: list[Landed] = []
    # a source that has never landed is no source to leave alone: its marts would be empty
    if inputs.wants(spec.source_id) or not list_receipts(rooms, spec.source_id):
        landed += land_bundle(spec, rooms)
    if spec.source_id in inputs.live:
        landed += land_live(spec, rooms, inputs.partitions, connect)
    for path in inputs.dropped.get(spec.source_id, ()):
        landed += land_dropped(spec, rooms, Path(path))
    return landed


def land_live(
    spec: SourceSpec, rooms: Rooms, wanted: list[str], connect: Client = client
) -> list[Landed]:
    """Ask the publisher, a partition or batch at a time; a failure marks the source stale.

    What is wrong with one partition leaves the others alone; of a publisher that does not answer,
    or refuses us, nothing more is asked.
    """
    landed: list[Landed] = []
    failures: list[str] = []
    try:
        with connect(spec) as http:
            asked = partitions.live_partitions(spec, wanted)
            for done in _arriving(spec, rooms, http, asked, failures):
                landed += done
    except (SourceError, httpx.HTTPError) as error:
        failures.append(str(error))
    if failures:
        mark_stale(rooms, spec.source_id, "; ".join(failures), datetime.now(UTC))
    return landed


def _arriving(
    spec: SourceSpec, rooms: Rooms, http: Http, wanted: list[str], failures: list[str]
) -> Iterator[list[Landed]]:
    """What lands, as it lands: by partition, or by batch of a pull that keeps a ledger."""
    if not hasattr(spec.fetch, "pull"):
        for partition in wanted:
            try:
                files = partitions.fetched(spec, partition, http)
                landed = land_files(spec, files, "live", rooms)
            except _OF_ONE_PARTITION as error:
                failures.append(str(error))
            else:
                yield landed
        return

    def say(text: str, done: int, total: int) -> None:
        progress.tell("landing", f"{spec.source_id}: {text}", done, total)

    ledger = PullLedger(rooms, spec, say)
    for batch in spec.fetch.pull(http, ledger, wanted):
        landed = land_files(spec, batch.files, "live", rooms)
        if batch.is_whole:
            ledger.landed(batch.key, [one.receipt.partition for one in landed])
        yield landed


def land_dropped(spec: SourceSpec, rooms: Rooms, path: Path) -> list[Landed]:
    """Land a file out of the drop folder, then put it aside so that it lands once."""
    landed = land_files(spec, partitions.dropped_files(spec, [path]), "dropped", rooms)
    if path.is_relative_to(rooms.drop):
        aside = rooms.drop / spec.source_id / ".landed"
        aside.mkdir(exist_ok=True)
        path.replace(aside / path.name)
    return landed
