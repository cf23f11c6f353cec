"""The progress display: a bar per stage on a terminal, a line per stage in a log."""

from __future__ import annotations

import io
import os
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from orchestration.progress import STAGES, ProgressEvent, on_progress

TITLES = {
    "prepare": "prepare",
    "landing": "landing",
    "sources": "source checks",
    "dbt": "dbt models, tests",
    "marts": "mart checks",
    "release": "release",
}


@contextmanager
def shown(log: Path) -> Iterator[None]:
    """Show the progress of a run in the form that fits standard output; what libraries and dbt
    print goes to the file `log`."""
    with _own_output(log) as console:
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


@contextmanager
def _own_output(log: Path) -> Iterator[Console]:
    """A console on a copy of standard output, while output and errors go to `log`."""
    log.parent.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        file = stack.enter_context(log.open("w", encoding="utf-8"))
        copies = {}
        for stream in (sys.stdout, sys.stderr):
            try:
                number = stream.fileno()
            except (OSError, io.UnsupportedOperation):  # a test's standard output
                continue
            stream.flush()
            copies[number] = os.dup(number)
            stack.callback(os.close, copies[number])
            stack.callback(os.dup2, copies[number], number)
            os.dup2(file.fileno(), number)
            stack.callback(stream.flush)
        if 1 not in copies:
            yield Console()
            return
        with os.fdopen(os.dup(copies[1]), "w", encoding="utf-8", buffering=1) as terminal:
            yield Console(file=terminal)


class _Bars:
    """Each stage gets its bar with its first event; the one before it is then done."""

    def __init__(self, bars: Progress) -> None:
        self.bars = bars
        self.tasks: dict[str, TaskID] = {}

    def __call__(self, event: ProgressEvent) -> None:
        task = self.tasks.get(event.stage)
        if task is None:
            self._finish_all()
            task = self.bars.add_task(TITLES[event.stage], total=None, text="")
            self.tasks[event.stage] = task
        self.bars.update(task, text=event.text, completed=event.done, total=event.total)

    def _finish_all(self) -> None:
        for task in self.bars.tasks:
            if not task.finished:
                self.bars.update(task.id, total=1, completed=1)
                self.bars.stop_task(task.id)


#: A long stage that counts prints how far it is, but not more often than this (seconds).
_EVERY = 10.0


class _Lines:
    """One line when a stage begins; counts in between only now and then."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.seen: set[str] = set()
        self.start = self.printed = time.perf_counter()

    def __call__(self, event: ProgressEvent) -> None:
        now = time.perf_counter()
        if event.stage not in self.seen:
            self.seen.add(event.stage)
            number = STAGES.index(event.stage) + 1
            self._print(f"[{number}/{len(STAGES)}]", now, TITLES[event.stage])
        elif event.stage in ("landing", "dbt") and event.total and now - self.printed >= _EVERY:
            self._print("     ", now, f"  {event.text}")

    def _print(self, step: str, now: float, text: str) -> None:
        self.printed = now
        line = f"{step} {now - self.start:5.1f} s  {text}"
        self.console.print(line, highlight=False, markup=False)
