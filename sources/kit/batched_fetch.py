"""Live access that needs many requests: responses are kept, complete batches are landed.

A source whose `fetch.py` has `fetch_batches(http, request_log, wanted)` instead of `fetch` gets a
request log of the landing: after an interruption it holds the responses received before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sources.kit.contract import RawFile


@dataclass(frozen=True)
class Batch:
    """Raw files that land together; an incomplete batch is requested again by the next fetch."""

    key: str
    files: Sequence[RawFile]
    is_whole: bool = True


class RequestLog(Protocol):
    """The requests of one source; a key identifies a request with all its parameters."""

    def plan(self, requests: Mapping[str, str]) -> None:
        """Record the planned requests (key -> readable name)."""

    def state(self, key: str) -> str:
        """`done`, `refused`, a state defined by the source, or an empty text."""

    def kept(self, key: str) -> RawFile | None:
        """The response to a request, if its bytes are still stored."""

    def keep(self, key: str, file: RawFile) -> None:
        """Store the response to a request, which is then `done`."""

    def mark(self, key: str, state: str, why: str) -> None:
        """Record the state of a request that has no response."""

    def has_landed(self, key: str) -> bool:
        """Whether the batch with this key is in the landing."""

    def report_progress(self, text: str, done: int, total: int) -> None:
        """Report how many of the planned requests are done."""
