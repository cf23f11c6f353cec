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

from orchestration import clerks, dbt_env, interrupts, lock, progress, scratch
from orchestration.cli import progress_bar, run_state, run_summary
from orchestration.cli.input_fingerprint import changed, fingerprint
from orchestration.cli.run_parameters import Parameters
from orchestration.cli.run_state import LastRun
from orchestration.errors import DONE, REFUSED, UNAVAILABLE, DataDirNotWritableError
from warehouse.paths import DataPaths

if TYPE_CHECKING:
    from orchestration.cli.execute_job import Outcome


def run(paths: DataPaths, parameters: Parameters, console: Console) -> int:
    """Do one run and print what a person gets; the exit code (see `errors`)."""
    with lock.acquire_lock(paths, "pax run"):
        before = run_state.read(paths)
        prints = fingerprint(paths, parameters.as_dict())
        if before and _is_unchanged(paths, before, prints, parameters):
            run_summary.show(console, before.summary, "nothing new: " + _same(before))
            return DONE
        if before and before.is_whole and (what := changed(prints, before.fingerprint)):
            console.print(f"[dim]changed since the last run: {', '.join(what)}[/dim]")
        return _work(paths, parameters, console, prints)


def _is_unchanged(
    paths: DataPaths, before: LastRun, prints: Mapping[str, str], parameters: Parameters
) -> bool:
    if parameters.force or parameters.live or parameters.select or not before.is_whole:
        return False
    served = paths.current.resolve().name if paths.current.exists() else None
    return served == before.release_id and not changed(prints, before.fingerprint)


def _same(before: LastRun) -> str:
    return f"the inputs and the code are those of {before.started_at[:16].replace('T', ' ')} UTC"


def _work(
    paths: DataPaths, parameters: Parameters, console: Console, prints: dict[str, str]
) -> int:
    started, clock = datetime.now(UTC), time.perf_counter()
    progress.forget()
    # dbt's manifest and the modules are many objects that stay: looking for garbage is in vain
    gc.set_threshold(50_000, 20, 100)
    try:
        dbt_env.apply(paths)
    except OSError as error:
        raise DataDirNotWritableError(paths.data_dir, error) from error
    if note := scratch.reset_working_database(paths, afresh=not parameters.select):
        console.print(f"[yellow]note:[/yellow] {note}")
    with progress_bar.shown(console), clerks.hiring(paths):
        with progress.timed("prepare"):
            progress.report_progress("prepare", "loading Dagster and dbt")
            with interrupts.heard():
                from orchestration.cli.execute_job import execute
        outcome = execute(paths, parameters, run_summary.short(prints))
    # what has landed meanwhile belongs to what this run has seen
    prints = {**prints, "landed": fingerprint(paths, parameters.as_dict())["landed"]}
    done = LastRun(
        run_id=outcome.run_id,
        started_at=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 1),
        exit_code=exit_code(paths, parameters, outcome),
        outcome=_outcome(outcome),
        fingerprint=prints,
        parameters=parameters.as_dict(),
        release_id=outcome.release["release_id"] if outcome.release else None,
    )
    done = replace(done, summary=run_summary.gather(paths, done, outcome))
    run_state.write(paths, done)
    run_state.write_json(
        paths.working / "timings.json", {**progress.seconds(), "total": done.seconds}
    )
    run_summary.show(console, done.summary)
    return done.exit_code


def exit_code(paths: DataPaths, parameters: Parameters, outcome: Outcome) -> int:
    """0 done; 1 refused; 3 when a source did not answer and nothing newer was published."""
    if outcome.failures or (outcome.release is None and not parameters.select):
        return REFUSED
    is_newer = bool(outcome.release and outcome.release["is_new"])
    if not is_newer and run_summary.failed_live(paths, parameters.live):
        return UNAVAILABLE
    return DONE


def _outcome(outcome: Outcome) -> str:
    if outcome.failures:
        return "refused"
    if outcome.release is None:
        return "part built"
    return "published" if outcome.release["is_new"] else "nothing new"
