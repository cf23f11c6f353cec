"""`pax run`: lock, fingerprint, then either "nothing new" or the chain of runs to a release.

Light on purpose: the heavy imports (Dagster, dbt, Great Expectations) begin in `execute_job`, after
the fingerprint has shown that something changed.
"""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.console import Console
from rich.markup import escape

from orchestration.cli import progress_bar, run_state, run_summary
from orchestration.cli.input_fingerprint import changed, fingerprint
from orchestration.cli.notice import announce
from orchestration.cli.postgres import publish_if_configured
from orchestration.cli.run_parameters import Parameters
from orchestration.cli.run_state import LastRun
from orchestration.cli.write_lock import write_lock
from orchestration.errors import DONE, INCOMPLETE, REFUSED, UNAVAILABLE
from orchestration.progress import report_progress, reset_seconds, seconds, timed
from warehouse.paths import DataPaths
from warehouse.release.pin import pinned_id
from warehouse.release.registry import current_damage, integrity_errors, release_before

if TYPE_CHECKING:
    from orchestration.defs.automation.chain import ChainResult


def run(paths: DataPaths, parameters: Parameters, console: Console, *, wait: bool = True) -> int:
    """Do one run and print its summary; the exit code (see `errors`).

    Raises:
        RunInProgressError: another process writes, and `wait` is false.
    """
    with write_lock(paths, "pax run", wait=wait):
        before = run_state.read(paths)
        _report_damage(paths, console)
        prints = fingerprint(paths, parameters.as_dict())
        if before and _is_unchanged(paths, before, prints, parameters):
            run_summary.show(console, before.summary, "nothing new: " + _same(before))
            announce(paths, console)
            code = INCOMPLETE if parameters.strict and before.summary.get("missing") else DONE
            return publish_if_configured(paths, console) or code
        if before and before.is_whole and (what := changed(prints, before.fingerprint)):
            console.print(f"[dim]changed since the last run: {', '.join(what)}[/dim]")
        return _work(paths, parameters, console, prints)


def _is_unchanged(
    paths: DataPaths, before: LastRun, prints: Mapping[str, str], parameters: Parameters
) -> bool:
    if parameters.force or parameters.live or parameters.select or not before.is_whole:
        return False
    if parameters.engine != "duckdb":
        return False
    if changed(prints, before.fingerprint):
        return False
    is_to_be_current = parameters.is_for_current and not pinned_id(paths)
    if is_to_be_current and paths.current.resolve().name != before.release_id:
        return False
    return not integrity_errors(paths.releases / str(before.release_id))


def _report_damage(paths: DataPaths, console: Console) -> None:
    """A damaged current release is reported before anything else is done."""
    if damage := damage_text(paths):
        console.print(f"[red]current release[/red] {escape(damage)}", highlight=False)


def damage_text(paths: DataPaths) -> str:
    """What is wrong with the current release, and the one that can replace it; or empty."""
    if not (wrong := current_damage(paths)):
        return ""
    before = release_before(paths)
    offer = (
        f"`pax publish --rollback` activates {before.release_id}"
        if before
        else ("no whole one is before it: remove its folder and `current`, then `pax run`")
    )
    return f"is damaged: {'; '.join(wrong[:3])}. What to do: {offer}"


def _same(before: LastRun) -> str:
    return f"the inputs and the code are those of {before.started_at[:16].replace('T', ' ')} UTC"


def _work(
    paths: DataPaths, parameters: Parameters, console: Console, prints: dict[str, str]
) -> int:
    started, clock = datetime.now(UTC), time.perf_counter()
    reset_seconds()
    with progress_bar.shown(paths.working / "logs" / "run.log"):
        with timed("prepare"):
            report_progress("prepare", "loading Dagster and dbt")
            with _interrupts_after():
                from orchestration.cli.execute_job import execute, load_definitions

                definitions = load_definitions()
        result = execute(paths, definitions, parameters, run_summary.short(prints))
    # what has landed meanwhile belongs to the inputs of this run
    prints = {**prints, "landed": fingerprint(paths, parameters.as_dict())["landed"]}
    done = LastRun(
        run_id=result.run_id,
        started_at=started.isoformat(timespec="seconds"),
        seconds=round(time.perf_counter() - clock, 1),
        exit_code=DONE,
        outcome=_outcome(result),
        fingerprint=prints,
        parameters=parameters.as_dict(),
        release_id=result.release["release_id"] if result.release else None,
    )
    summary = run_summary.gather(paths, done, result)
    code = exit_code(paths, parameters, result, bool(summary["missing"]))
    done = replace(done, exit_code=code, summary=summary)
    run_state.write(paths, done)
    run_state.write_json(paths.working / "timings.json", {**seconds(), "total": done.seconds})
    run_summary.show(console, done.summary)
    if done.outcome in ("published", "nothing new"):
        announce(paths, console)
        return publish_if_configured(paths, console) or done.exit_code
    return done.exit_code


@contextmanager
def _interrupts_after() -> Iterator[None]:
    """Raise KeyboardInterrupt when the block ends: imports of some libraries swallow it.

    A mask would not do: a thread that a library has started takes the signal all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread has signal handlers
        return
    came: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, frame: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        if came:
            raise KeyboardInterrupt


def exit_code(
    paths: DataPaths, parameters: Parameters, result: ChainResult, is_incomplete: bool = False
) -> int:
    """0 done; 1 failed; 3 when a source did not answer and nothing newer was published; 4 with
    `--strict` where the release lacks something that was set aside, refused or is stale."""
    if result.failures or (result.release is None and not parameters.select):
        return REFUSED
    is_newer = bool(result.release and result.release["is_new"])
    if not is_newer and run_summary.failed_live(paths, parameters.live):
        return UNAVAILABLE
    return INCOMPLETE if parameters.strict and is_incomplete else DONE


def _outcome(result: ChainResult) -> str:
    if result.failures:
        return "failed"
    if result.release is None:
        return "part built"
    return "published" if result.release["is_new"] else "nothing new"
