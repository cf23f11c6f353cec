"""`pax publish`: the retained releases, and which one is current."""

from __future__ import annotations

from functools import partial

from rich.console import Console
from rich.markup import escape

from expectations.runner import build_data_docs
from orchestration.cli import run_state
from orchestration.cli.run_summary import table
from orchestration.cli.write_lock import write_lock
from orchestration.defs.collect_check_results import collect_check_results
from orchestration.defs.transformation.dbt_command import manifest_path
from orchestration.errors import UsageError
from warehouse.paths import DataPaths
from warehouse.release import RunInfo, pinned_id, publish, releases, rollback, unpin


def show_releases(paths: DataPaths, console: Console) -> None:
    """One line per release, newest first; the current one is marked, and named where it is held."""
    held = pinned_id(paths)
    shown = table("", "release", "as of", "as known on", "built (UTC)", "marts>")
    for release in releases(paths):
        known = "all" if release.as_known_on >= "9999" else release.as_known_on
        mark = "[green]→[/green]" if release.is_current else ""
        built = release.built_at[:16].replace("T", " ")
        shown.add_row(
            mark, release.release_id, release.as_of_date, known, built, str(release.n_marts)
        )
    if held:
        console.print(_held(held), highlight=False)
    console.print(shown if shown.row_count else "no release yet: `pax run` publishes the first")


def roll_back(paths: DataPaths, to: str | None, console: Console) -> None:
    """Activate the release before, or the one whose id begins with `to`."""
    with write_lock(paths, "pax publish --rollback"):
        current = rollback(paths, to)
    console.print(f"current now: {escape(current.release_id)}", highlight=False)
    if held := pinned_id(paths):
        console.print(_held(held), highlight=False)


def lift_pin(paths: DataPaths, console: Console) -> None:
    """Activate the newest release again, as later runs will."""
    with write_lock(paths, "pax publish --unpin"):
        current = unpin(paths)
    console.print(f"current now: {escape(current.release_id)}; nothing is held", highlight=False)


def _held(release_id: str) -> str:
    return (
        f"a rollback holds {escape(release_id)}: later runs publish beside it until"
        " `pax publish --unpin`"
    )


def publish_again(paths: DataPaths, console: Console, *, activate: bool = False) -> None:
    """Publish what the working database has, with the check results of the run that built it.

    Raises:
        UsageError: no whole run has built the working database.
        PublishError: the release cannot be written or verified.
    """
    run = run_state.read(paths)
    if run is None or not run.is_whole:
        raise UsageError(
            "the working database was not built by a whole run",
            remedy="`pax run` builds, checks and publishes",
        )
    with write_lock(paths, "pax publish"):
        published = publish(
            paths,
            manifest_path(paths),
            collect_check_results(paths),
            RunInfo(run.run_id, activate=activate),
            build_data_docs=partial(build_data_docs, paths),
        )
    console.print(escape(published.summary), highlight=False)
