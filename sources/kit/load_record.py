"""The load record of a partition: the raw files it was parsed from, and the landed tables."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import UTC
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.compute as pc

from sources.kit.contract import Parsed, RawFile


@dataclass(frozen=True)
class Payload:
    """One raw file of a partition."""

    name: str
    url: str
    retrieved_at: str  # ISO 8601, UTC
    sha256: str
    bytes: int


@dataclass(frozen=True)
class LandedTable:
    """One Parquet file of a partition; `rows_by_payload` counts its rows per raw file."""

    rows: int
    sha256: str
    rows_by_payload: dict[str, int]


@dataclass(frozen=True)
class LoadRecord:
    """One landed partition of a source."""

    source_id: str
    partition: str
    edition: str
    known_from_date: str
    known_from_basis: str
    access_method: str  # bundled | live | manual
    parser_version: str
    files: list[Payload]
    tables: dict[str, LandedTable]
    n_quarantined: int = 0
    selection: str = ""

    @property
    def n_rows(self) -> int:
        return sum(t.rows for t in self.tables.values())

    @property
    def payloads(self) -> list[Payload]:
        """The distinct raw files, each under its first name."""
        first: dict[str, Payload] = {}
        for file in self.files:
            first.setdefault(file.sha256, file)
        return list(first.values())

    @property
    def payload_hashes(self) -> list[str]:
        return sorted(f.sha256 for f in self.files)

    @property
    def table_hashes(self) -> dict[str, str]:
        return {name: t.sha256 for name, t in self.tables.items()}

    def to_json(self) -> bytes:
        return orjson.dumps(asdict(self), option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> LoadRecord:
        files = [Payload(**x) for x in raw["files"]]
        tables = {name: LandedTable(**x) for name, x in raw["tables"].items()}
        return cls(**{**raw, "files": files, "tables": tables})


def file_stem(partition: str) -> str:
    """`V202601/HS17/2022` as the one file name `V202601__HS17__2022`."""
    return partition.replace("/", "__")


def load_record_of(
    source_id: str, parser_version: str, parsed: Parsed, access_method: str, hashes: dict[str, str]
) -> LoadRecord:
    """The load record of `parsed`; `hashes` are the sha256 of its Parquet files by table."""
    return LoadRecord(
        source_id=source_id,
        partition=parsed.partition,
        edition=parsed.edition,
        known_from_date=parsed.known_from_date.isoformat(),
        known_from_basis=parsed.known_from_basis,
        access_method=access_method,
        parser_version=parser_version,
        files=[build_payload(file) for file in parsed.files],
        tables={
            name: LandedTable(data.num_rows, hashes[name], _rows_by_payload(data))
            for name, data in sorted(parsed.tables.items())
        },
        n_quarantined=len(parsed.quarantine),
    )


def build_payload(file: RawFile) -> Payload:
    """The entry of a raw file in a load record."""
    retrieved_at = file.retrieved_at.astimezone(UTC).isoformat(timespec="seconds")
    return Payload(file.name, file.url, retrieved_at, file.sha256, len(file.content))


def _rows_by_payload(data: pa.Table) -> dict[str, int]:
    counted = pc.value_counts(data["payload_sha256"]).to_pylist()
    return {x["values"]: x["counts"] for x in sorted(counted, key=lambda x: x["values"])}
