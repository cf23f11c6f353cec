"""`pax run`: lock, fingerprint, then either "nothing new" or the whole way to a release.

Light on purpose: the heavy imports (Dagster, dbt, Great Expectations) begin in `execute`, after the
fingerprint has said that something changed.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console

from orchestration import (
    clerks,
    dbt_env,
    display,
    interrupts,
    last_run,
    lock,
    progress,
    scratch,
    summary,
)
from orchestration.errors import DONE, REFUSED, UNAVAILABLE, HomeNotWritable
from orchestration.fingerprint import changed, fingerprint
from orchestration.last_run import LastRun
from orchestration.parameters import Parameters
from warehouse.rooms import Rooms

if TYPE_CHECKING:
    from orchestration.execute import Outcome


def run(rooms: Rooms, parameters: Parameters, console: Console) -> int:
    """Do one run and print what a person gets; the exit code (see `errors`)."""
    with lock.held(rooms, "pax run"):
        before = last_run.read(rooms)
        prints = fingerprint(rooms, parameters.as_dict())
        if before and _is_unchanged(rooms, before, prints, parameters):
            summary.show(console, before.summary, "nothing new: " + _same(before))
            return DONE
        if before and before.is_whole and (what := changed(prints, before.fingerprint)):
            console.print(f"[dim]changed since the last run: {', '.join(what)}[/dim]")
        return _work(rooms, parameters, console, prints)


def _is_unchanged(
    rooms: Rooms, before: LastRun, prints: Mapping[str, str], parameters: Parameters
) -> bool:
    if parameters.force or parameters.live or parameters.select or not before.is_whole:
        return False
    served = rooms.current.resolve().name if rooms.current.exists() else None
    return served == before.release_id and not changed(prints, before.fingerprint)


def _same(before: LastRun) -> str:
    return f"the inputs and the code are those of {before.started_at[:16].replace('T', ' ')} UTC"


def _work(rooms: Rooms, parameters: Parameters, console: Console, prints: dict[str, str]) -> int:
    started, clock = datetime.now(UTC), time.perf_counter()
    progress.forget()
    # dbt's manifest and the modules are many objects that stay: looking for garbage is in vain
    gc.set_threshold(50_000, 20, 100)
    try:
        dbt_env.apply(rooms)
    except OSError as error:
        raise HomeNotWritable(rooms.home, error) from error
    if note := scratch.make_fit(rooms, afresh=not parameters.select):
        console.print(f"[yellow]note:[/yellow] {note}")
    with display.shown(console), clerks.hiring(rooms):
        with progress.timed("prepare"):
            progress.tell("prepare", "loading Dagster and dbt")
            with interrupts.heard():
                from orchestration.execute import execute
        outcome = execute(rooms, parameters, summary.short(prints))
    # what has landed meanwhile belongs to what this run has seen
    prints = {**prints, "landed": fingerprint(rooms, parameters.as_dict())["landed"]}
    done = LastRun(
        run_id=outcome.run_id,
        started_at=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 1),
        exit_code=exit_code(rooms, parameters, outcome),
        outcome=_outcome(outcome),
        fingerprint=prints,
        parameters=parameters.as_dict(),
        release_id=outcome.release["release_id"] if outcome.release else None,
    )
    done = replace(done, summary=summary.gather(rooms, done, outcome))
    last_run.write(rooms, done)
    last_run.write_json(
        rooms.working / "timings.json", {**progress.seconds(), "total": done.seconds}
    )
    summary.show(console, done.summary)
    return done.exit_code


def exit_code(rooms: Rooms, parameters: Parameters, outcome: Outcome) -> int:
    """0 done; 1 refused; 3 when a source did not answer and nothing newer was published."""
    if outcome.failures or (outcome.release is None and not parameters.select):
        return REFUSED
    is_newer = bool(outcome.release and outcome.release["is_new"])
    if not is_newer and summary.failed_live(rooms, parameters.live):
        return UNAVAILABLE
    return DONE


def _outcome(outcome: Outcome) -> str:
    if outcome.failures:
        return "refused"
    if outcome.release is None:
        return "part built"
    return "published" if outcome.release["is_new"] else "nothing new"
