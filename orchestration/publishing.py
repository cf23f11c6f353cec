"""`pax publish`: the releases on the shelf, and which one is served."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from orchestration import dbt_env, last_run, lock, verdicts
from orchestration.errors import WrongUse
from orchestration.summary import table
from warehouse.publish import RunInfo, publish, releases, rollback
from warehouse.rooms import Rooms


def show_releases(rooms: Rooms, console: Console) -> None:
    """One line per release, newest first."""
    shown = table("", "release", "as of", "as known on", "built (UTC)", "marts>")
    for release in releases(rooms):
        known = "all" if release.as_known_on >= "9999" else release.as_known_on
        mark = "[green]→[/green]" if release.is_current else ""
        built = release.built_at[:16].replace("T", " ")
        shown.add_row(
            mark, release.release_id, release.as_of_date, known, built, str(release.n_marts)
        )
    console.print(shown if shown.row_count else "no release yet: `pax run` publishes the first")


def roll_back(rooms: Rooms, to: str | None, console: Console) -> None:
    """Serve the release before, or the one whose id begins with `to`."""
    with lock.held(rooms, "pax publish --rollback"):
        served = rollback(rooms, to)
    console.print(f"served now: {escape(served.release_id)}; the next `pax run` publishes anew",
                  highlight=False)  # fmt: skip


def publish_again(rooms: Rooms, console: Console) -> None:
    """Publish what the working database holds, under the verdicts of the run that built it."""
    run = last_run.read(rooms)
    if run is None or not run.is_whole:
        raise WrongUse(
            "no whole run stands behind the working database",
            remedy="`pax run` builds, checks and publishes",
        )
    with lock.held(rooms, "pax publish"):
        published = publish(
            rooms, dbt_env.manifest_path(rooms), verdicts.all_verdicts(rooms), RunInfo(run.run_id)
        )
    console.print(escape(published.summary), highlight=False)
