"""A pull that takes many requests: answers are kept on the way, and what is whole is handed over.

A source whose `fetch.py` has `pull(http, ledger, wanted)` instead of `fetch` gets a ledger from
the landing: after an interruption it finds there what was answered before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from sources.kit.contract import RawFile


@dataclass(frozen=True)
class Batch:
    """Raw files that land together. One that is not whole is asked for again by the next pull."""

    key: str
    files: Sequence[RawFile]
    is_whole: bool = True


class RequestLog(Protocol):
    """What a pull remembers of its cells, by a key that says everything that was asked."""

    def plan(self, cells: Mapping[str, str]) -> None:
        """The cells of this pull (key -> name for a person)."""

    def state(self, key: str) -> str:
        """`done`, `refused`, a word of the source's own, or an empty text."""

    def kept(self, key: str) -> RawFile | None:
        """The answer of a cell, if its bytes are still there."""

    def keep(self, key: str, file: RawFile) -> None:
        """Keep the answer of a cell; then it is done."""

    def mark(self, key: str, state: str, why: str) -> None:
        """Remember what became of a cell without an answer."""

    def has_landed(self, key: str) -> bool:
        """Whether the batch of this key lies in the landing."""

    def report_progress(self, text: str, done: int, total: int) -> None:
        """Say how far the pull is."""
