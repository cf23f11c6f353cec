"""The ledger of a pull: which cells are answered, which batches landed; one line per fact.

`landing/.pulls/<source>.jsonl` is only ever appended to, so a killed pull loses its last line at
most; the answers themselves lie with the raw bytes, by their hash.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from sources.kit.catalog import SourceSpec
from sources.kit.contract import RawFile
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import disk_errors
from warehouse.storage.load_records import read_receipt
from warehouse.storage.partitions import keep_raw, raw_path

Say = Callable[[str, int, int], None]


def ledger_path(paths: DataPaths, source_id: str) -> Path:
    return paths.landing / ".pulls" / f"{source_id}.jsonl"


@dataclass
class RequestLog:
    """The ledger of one source in one home."""

    paths: DataPaths
    spec: SourceSpec
    say: Say = lambda text, done, total: None
    cells: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    planned: dict[str, str] = field(default_factory=dict, init=False)
    planned_on: str = field(default="", init=False)

    def __post_init__(self) -> None:
        path = ledger_path(self.paths, self.spec.source_id)
        text = path.read_bytes() if path.is_file() else b""
        self._is_torn = bool(text) and not text.endswith(b"\n")
        for line in _whole_lines(text):
            self._read(line)

    def plan(self, cells: Mapping[str, str]) -> None:
        if dict(cells) != self.planned:
            on = datetime.now(UTC).isoformat(timespec="seconds")
            self._write({"plan": dict(cells), "on": on})

    def state(self, key: str) -> str:
        return str(self.cells.get(key, {}).get("state", ""))

    def kept(self, key: str) -> RawFile | None:
        told = self.cells.get(key)
        if told is None or told["state"] != "done":
            return None
        try:
            content = raw_path(self.paths, told["sha256"]).read_bytes()
        except FileNotFoundError:  # somebody has cleaned up: the cell is asked again
            return None
        at = datetime.fromisoformat(told["retrieved_at"])
        file = RawFile(told["name"], content, told["url"], at)
        return file if file.sha256 == told["sha256"] else None

    def keep(self, key: str, file: RawFile) -> None:
        keep_raw(self.paths, [file])  # first the bytes, then the line that speaks of them
        at = file.retrieved_at.astimezone(UTC).isoformat(timespec="seconds")
        self._write(
            {
                "cell": key, "state": "done", "name": file.name, "url": file.url,
                "sha256": file.sha256, "retrieved_at": at,
            }
        )  # fmt: skip

    def mark(self, key: str, state: str, why: str) -> None:
        if self.state(key) != state or self.cells[key].get("why") != why:
            self._write({"cell": key, "state": state, "why": why})

    def landed(self, key: str, partitions: Sequence[str]) -> None:
        """Remember that a batch lies in the landing, as which partitions."""
        version = self.spec.parser_version
        self._write({"batch": key, "parser_version": version, "partitions": list(partitions)})

    def has_landed(self, key: str) -> bool:
        """Not if it was forgotten since, or if its answers would be parsed otherwise today."""
        told = self.batches.get(key)
        return (
            told is not None
            and told["parser_version"] == self.spec.parser_version
            and all(read_receipt(self.paths, self.spec.source_id, p) for p in told["partitions"])
        )

    def tell(self, text: str, done: int, total: int) -> None:
        self.say(text, done, total)

    def refused(self) -> list[str]:
        """Why cells of the plan were refused."""
        return [told["why"] for told in self.cells.values() if told["state"] == "refused"]

    def answered(self) -> int:
        """How many cells of the plan have their answer, or are on their way in parts."""
        return sum(1 for key in self.planned if self.state(key) not in ("", "refused"))

    def _write(self, line: dict[str, Any]) -> None:
        path = ledger_path(self.paths, self.spec.source_id)
        with disk_errors(f"the ledger of {self.spec.source_id}", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as handle:
                handle.write((b"\n" if self._is_torn else b"") + orjson.dumps(line) + b"\n")
                handle.flush()
                os.fsync(handle.fileno())
        self._is_torn = False
        self._read(line)

    def _read(self, line: dict[str, Any]) -> None:
        if "cell" in line:
            self.cells[line["cell"]] = line
        elif "batch" in line:
            self.batches[line["batch"]] = line
        elif "plan" in line:
            self.planned, self.planned_on = line["plan"], line["on"]
            # what an older plan was refused is no matter of this one
            self.cells = {k: v for k, v in self.cells.items() if v["state"] != "refused"}


def _whole_lines(text: bytes) -> list[dict[str, Any]]:
    """A line that a killed run had begun says nothing."""
    found = []
    for line in text.split(b"\n"):
        with suppress(orjson.JSONDecodeError):
            found.append(orjson.loads(line))
    return found
