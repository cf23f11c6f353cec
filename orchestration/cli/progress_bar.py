"""The progress display: a bar per stage on a terminal, a line per stage in a log."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from orchestration.progress import STAGES, ProgressEvent, on_progress

TITLES = {
    "prepare": "prepare",
    "landing": "landing",
    "sources": "arrivals' checks",
    "dbt": "dbt models, tests",
    "marts": "departures' checks",
    "release": "release",
}


@contextmanager
def shown(console: Console) -> Iterator[None]:
    """Show what a run tells, in the way that fits the console."""
    if not console.is_terminal:
        with on_progress(_Lines(console)):
            yield
        return
    columns = (
        SpinnerColumn(finished_text="[green]✓"),
        TextColumn("{task.description:<19}"),
        BarColumn(bar_width=24),
        TextColumn("{task.fields[text]}", style="dim"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars, on_progress(_Bars(bars)):
        yield


class _Bars:
    """Each stage gets its bar when it first speaks; the one before it is then done."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, note: ProgressEvent) -> None:
        task = self.tasks.get(note.stage)
        if task is None:
            self._finish_all()
            task = self.bars.add_task(TITLES[note.stage], total=None, text="")
            self.tasks[note.stage] = task
        self.bars.update(task, text=note.text, completed=note.done, total=note.total)

    def _finish_all(self) -> None:
        for task in self.bars.tasks:
            if not task.finished:
                self.bars.update(task.id, total=1, completed=1)
                self.bars.stop_task(task.id)


#: A long stage that counts says how far it is, but not more often than this (seconds).
_EVERY = 10.0


class _Lines:
    """One line when a stage begins; what it counts on the way, only now and then."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seen: set[str] = set()
        self.start = self.told = time.perf_counter()

    def __call__(self, note: ProgressEvent) -> None:
        now = time.perf_counter()
        if note.stage not in self.seen:
            self.seen.add(note.stage)
            self._print(f"[{STAGES.index(note.stage) + 1}/{len(STAGES)}]", now, TITLES[note.stage])
        elif note.stage == "landing" and note.total and now - self.told >= _EVERY:
            self._print("     ", now, f"  {note.text}")

    def _print(self, step: str, now: float, text: str) -> None:
        self.told = now
        line = f"{step} {now - self.start:5.1f} s  {text}"
        self.console.print(line, highlight=False, markup=False)
