"""Reading a source's bundled figures: the Parquet that lies in the checkout, and its receipts."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import orjson

from sources.kit.catalog import SourceSpec
from sources.kit.errors import BrokenFile
from sources.kit.receipt import Receipt, file_stem


@dataclass(frozen=True)
class Bundle:
    """The bundled partitions of one source."""

    spec: SourceSpec
    receipts: list[Receipt]

    def path(self, table: str, partition: str) -> Path:
        return self.spec.bundled / table / f"{file_stem(partition)}.parquet"

    def verify(self, receipt: Receipt) -> None:
        """Refuse a bundled Parquet that is not the one its receipt speaks of."""
        for name, table in receipt.tables.items():
            path = self.path(name, receipt.partition)
            if not path.is_file():
                raise _damaged(self.spec, path, "is missing")
            if hashlib.sha256(path.read_bytes()).hexdigest() != table.sha256:
                raise _damaged(self.spec, path, "is not what bundled/receipts.json says")


def read_bundle(spec: SourceSpec) -> Bundle | None:
    """The bundle of a source, or None when it brings none along."""
    path = spec.bundled / "receipts.json"
    if not path.is_file():
        return None
    try:
        raw = orjson.loads(path.read_bytes())
        receipts = [Receipt.from_dict(x) for x in raw["partitions"]]
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise _damaged(spec, path, f"cannot be read: {error!r}") from error
    return Bundle(spec, receipts)


def _damaged(spec: SourceSpec, path: Path, what: str) -> BrokenFile:
    return BrokenFile(
        spec.source_id,
        f"the bundled file {path.name} {what}",
        place=str(path),
        remedy="restore it from git, or compile the bundle again: "
        f"python -m sources.kit.bundle {spec.source_id} FILES…",
    )
