"""The request log of a batched fetch: which requests are answered, which batches have landed.

`landing/.request_log/<source>.jsonl` is only appended to, one line per event, so a killed fetch
loses its last line at most; the responses are stored with the raw bytes, by their hash.
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
from warehouse.storage.load_records import read_load_record
from warehouse.storage.partitions import keep_raw, raw_path

#: Text, requests done, requests planned.
OnProgress = Callable[[str, int, int], None]


def request_log_path(paths: DataPaths, source_id: str) -> Path:
    """The request log of a source."""
    return paths.landing / ".request_log" / f"{source_id}.jsonl"


@dataclass
class RequestLog:
    """The request log of one source in one data directory."""

    paths: DataPaths
    spec: SourceSpec
    on_progress: OnProgress = lambda text, done, total: None
    requests: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    batches: dict[str, dict[str, Any]] = field(default_factory=dict, init=False)
    planned: dict[str, str] = field(default_factory=dict, init=False)
    planned_on: str = field(default="", init=False)

    def __post_init__(self) -> None:
        path = request_log_path(self.paths, self.spec.source_id)
        text = path.read_bytes() if path.is_file() else b""
        self._is_torn = bool(text) and not text.endswith(b"\n")
        for line in _whole_lines(text):
            self._read(line)

    def plan(self, requests: Mapping[str, str]) -> None:
        """Log the planned requests (key -> readable name), if they differ from the last plan.

        Raises:
            LandingError: the log cannot be written.
        """
        if dict(requests) != self.planned:
            on = datetime.now(UTC).isoformat(timespec="seconds")
            self._write({"plan": dict(requests), "on": on})

    def state(self, key: str) -> str:
        """`done`, `refused`, a state defined by the source, or an empty text."""
        return str(self.requests.get(key, {}).get("state", ""))

    def kept(self, key: str) -> RawFile | None:
        """The response to a request, if its bytes are still stored."""
        request = self.requests.get(key)
        if request is None or request["state"] != "done":
            return None
        try:
            content = raw_path(self.paths, request["sha256"]).read_bytes()
        except FileNotFoundError:  # the raw bytes were removed: the request is sent again
            return None
        at = datetime.fromisoformat(request["retrieved_at"])
        file = RawFile(request["name"], content, request["url"], at)
        return file if file.sha256 == request["sha256"] else None

    def keep(self, key: str, file: RawFile) -> None:
        """Store the response to a request, which is then `done`.

        Raises:
            LandingError: the response or the log cannot be written.
        """
        keep_raw(self.paths, [file])  # first the bytes, then the line that refers to them
        at = file.retrieved_at.astimezone(UTC).isoformat(timespec="seconds")
        self._write(
            {
                "request": key, "state": "done", "name": file.name, "url": file.url,
                "sha256": file.sha256, "retrieved_at": at,
            }
        )  # fmt: skip

    def mark(self, key: str, state: str, why: str) -> None:
        """Log the state of a request that has no response, if it changes.

        Raises:
            LandingError: the log cannot be written.
        """
        if self.state(key) != state or self.requests[key].get("why") != why:
            self._write({"request": key, "state": state, "why": why})

    def landed(self, key: str, partitions: Sequence[str]) -> None:
        """Log that a batch has landed, as which partitions.

        Raises:
            LandingError: the log cannot be written.
        """
        version = self.spec.parser_version
        self._write({"batch": key, "parser_version": version, "partitions": list(partitions)})

    def has_landed(self, key: str) -> bool:
        """Whether a batch has landed, is still there, and was parsed by today's parser."""
        batch = self.batches.get(key)
        return (
            batch is not None
            and batch["parser_version"] == self.spec.parser_version
            and all(
                read_load_record(self.paths, self.spec.source_id, p) for p in batch["partitions"]
            )
        )

    def report_progress(self, text: str, done: int, total: int) -> None:
        """Report how many of the planned requests are done."""
        self.on_progress(text, done, total)

    def refused(self) -> list[str]:
        """Reasons of the plan's rejected requests."""
        return [r["why"] for r in self.requests.values() if r["state"] == "refused"]

    def answered(self) -> int:
        """Number of requests of the plan that have their response, whole or in parts."""
        return sum(1 for key in self.planned if self.state(key) not in ("", "refused"))

    def missing(self) -> list[str]:
        """Names of the plan's requests that have no response yet, in the order of the plan."""
        return [name for key, name in self.planned.items() if self.state(key) in ("", "refused")]

    def _write(self, line: dict[str, Any]) -> None:
        path = request_log_path(self.paths, self.spec.source_id)
        with disk_errors(f"the request log of {self.spec.source_id}", path):
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("ab") as handle:
                handle.write((b"\n" if self._is_torn else b"") + orjson.dumps(line) + b"\n")
                handle.flush()
                os.fsync(handle.fileno())
        self._is_torn = False
        self._read(line)

    def _read(self, line: dict[str, Any]) -> None:
        if "request" in line:
            self.requests[line["request"]] = line
        elif "batch" in line:
            self.batches[line["batch"]] = line
        elif "plan" in line:
            self.planned, self.planned_on = line["plan"], line["on"]
            # what was rejected under an older plan is sent again
            self.requests = {k: v for k, v in self.requests.items() if v["state"] != "refused"}


def _whole_lines(text: bytes) -> list[dict[str, Any]]:
    """Lines of the log; one that a killed run left incomplete is skipped."""
    found = []
    for line in text.split(b"\n"):
        with suppress(orjson.JSONDecodeError):
            found.append(orjson.loads(line))
    return found
