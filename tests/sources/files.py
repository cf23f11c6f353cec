"""Raw files made in memory, and live landing without waits."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from sources.kit.catalog import find_source
from sources.kit.contract import RawFile
from sources.kit.http import HttpClient
from warehouse.paths import DataPaths
from warehouse.storage.landing import land_files
from warehouse.storage.load_records import Landed

RETRIEVED_AT = datetime(2026, 11, 23, tzinfo=UTC)


def raw_file(name: str, content: object, at: datetime = RETRIEVED_AT, **hints: str) -> RawFile:
    """A raw file of bytes, of a text, or of an object as JSON."""
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else json.dumps(content)).encode()
    return RawFile(name, content, "https://example.org", at, hints=hints)


def parquet_bytes(columns: dict[str, Any]) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table(columns), sink)
    return sink.getvalue()


def zip_bytes(files: Mapping[str, str | bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def fetch_live(source_id: str, partition: str, **options: Any) -> list[RawFile]:
    """The raw files of one live partition, with three attempts and hardly any wait."""
    given = {"attempts": 3, "first_wait": 0.0, "longest_wait": 0.01, **options}
    with HttpClient(source_id, **given) as http:
        return list(find_source(source_id).fetch.fetch(partition, http))


def land_live(paths: DataPaths, source_id: str, partition: str) -> list[Landed]:
    """Fetch one live partition and land it."""
    return land_files(find_source(source_id), fetch_live(source_id, partition), "live", paths)
