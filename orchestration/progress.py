"""Progress of a run: stages with counts and seconds, for whoever subscribes.

Assets report, the command line displays, the benchmark adds up. Without a subscriber nothing
happens, so the same assets work in the Dagster UI.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

STAGES = ("prepare", "landing", "sources", "dbt", "marts", "release")


@dataclass(frozen=True)
class ProgressEvent:
    """One line about a stage; `done` of `total` where they are known."""

    stage: str
    text: str
    done: int | None = None
    total: int | None = None


Listener = Callable[[ProgressEvent], None]
_listeners: list[Listener] = []
_seconds: dict[str, float] = {}


@contextmanager
def on_progress(listener: Listener) -> Iterator[None]:
    """Send every event to `listener` inside the block."""
    _listeners.append(listener)
    try:
        yield
    finally:
        _listeners.remove(listener)


def report_progress(
    stage: str, text: str, done: int | None = None, total: int | None = None
) -> None:
    for listener in list(_listeners):
        listener(ProgressEvent(stage, text, done, total))


@contextmanager
def timed(stage: str) -> Iterator[None]:
    """Add the seconds spent inside to the stage's sum."""
    start = time.perf_counter()
    try:
        yield
    finally:
        _seconds[stage] = _seconds.get(stage, 0.0) + time.perf_counter() - start


def seconds() -> dict[str, float]:
    """The seconds of every stage so far, rounded to milliseconds."""
    return {stage: round(value, 3) for stage, value in _seconds.items()}


def reset_seconds() -> None:
    """Start the sums from zero: one process may hold several runs (tests do)."""
    _seconds.clear()
