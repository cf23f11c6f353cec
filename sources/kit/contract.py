"""The contract of a source: raw files in, landed tables and quarantined rows out.

A source is a folder with `source.yml` (its description), `parse.py` (`parse(files)`) and, where
the publisher has an API or downloads, `fetch.py` (`list_partitions()` and
`fetch(partition, http)`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property

import pyarrow as pa

#: The last columns of every landed table, in this order.
LINEAGE = pa.schema(
    [
        pa.field("edition", pa.string(), nullable=False),
        pa.field("known_from_date", pa.date32(), nullable=False),
        pa.field("payload_sha256", pa.string(), nullable=False),
        pa.field("row_locator", pa.string(), nullable=False),
    ]
)


@dataclass(frozen=True)
class RawFile:
    """The bytes of a file as published, with its address and time of retrieval.

    `hints` are facts that the bytes do not contain, such as the year that a user named.
    """

    name: str
    content: bytes
    url: str
    retrieved_at: datetime
    edition: str | None = None
    hints: Mapping[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def sha256(self) -> str:
        return hashlib.sha256(self.content).hexdigest()


#: The reason of a row that could be read and states that it has no value.
NO_VALUE = "no value"


@dataclass(frozen=True)
class QuarantinedRow:
    """A row that could not be parsed, with its reason, place and full text."""

    reason: str
    file: str
    line: int
    raw_text: str


@dataclass(frozen=True)
class Parsed:
    """One partition of a source, ready to land.

    `tables` maps a declared table name to an Arrow table of exactly the declared schema
    (including `LINEAGE`). `partition` is a path-safe name such as `2025` or `V202601/HS17/2022`;
    landing it again replaces the whole partition. `files` are the raw files it was parsed from.
    """

    partition: str
    edition: str
    known_from_date: date
    known_from_basis: str  # announced | published | inferred | compiled
    tables: dict[str, pa.Table]
    files: Sequence[RawFile]
    quarantine: Sequence[QuarantinedRow] = field(default_factory=tuple)


Parse = Callable[[Sequence[RawFile]], Iterable[Parsed]]
Fetch = Callable[..., Iterator[RawFile]]
