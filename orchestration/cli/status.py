"""`pax status`: current release and its age, what has landed, what waits, which run works."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.markup import escape

from orchestration.cli import run_state, run_summary
from orchestration.cli.run import damage_text
from orchestration.cli.undecided_labels import undecided_labels
from orchestration.defs.ingestion.landing_state import landing_state
from orchestration.defs.ingestion.refused_files import refusal
from orchestration.errors import DONE
from sources.kit.catalog import catalog
from warehouse.paths import DataPaths
from warehouse.release.pin import pinned_id
from warehouse.release.registry import releases
from warehouse.storage.disk_use import disk_use
from warehouse.storage.file_lock import lock_owner
from warehouse.storage.request_log import RequestLog, request_log_path
from warehouse.storage.set_aside import list_set_aside


def show_status(paths: DataPaths, console: Console) -> int:
    """Print the state of the data directory; returns the exit code of `pax status`."""
    sources = catalog()
    _line(console, "data", str(paths.data_dir))
    _line(console, "current", _current(paths))
    if damage := damage_text(paths):
        _line(console, "", damage)
    for line in releases_beside(paths):
        _line(console, "beside", line)
    if paths.current.exists():
        for line in undecided_labels(paths.current):
            _line(console, "undecided", line)
    _line(console, "last run", _last(paths))
    if owner := lock_owner(paths.lock):
        _line(console, "running", owner)
    if waiting := waiting_files(paths, list(sources)):
        _line(
            console,
            "waiting",
            f"{'; '.join(waiting)}: `pax land SOURCE FILE` lands them, `pax dev` does by itself",
        )
    for line in refused_files(paths):
        _line(console, "refused", line)
    for entry in list_set_aside(paths):
        _line(console, "missing", f"{entry.sentence}. What to do: {entry.remedy}")
    sizes = disk_use(paths)
    listed = ", ".join(f"{kind} {size / 1e6:,.0f}" for kind, size in sizes.items())
    _line(console, "disk", f"{sum(sizes.values()) / 1e6:,.0f} MB: {listed or 'nothing'}")
    for line in request_logs(paths):
        _line(console, "requests", line)
    console.print()
    console.print(run_summary.landed_table([s.as_dict() for s in landing_state(paths, sources)]))
    return DONE


def waiting_files(paths: DataPaths, sources: list[str]) -> list[str]:
    """Files in the inbox, as `2 in inbox/usgs_mcs`."""
    counts = {
        source: sum(1 for p in (paths.inbox / source).glob("*") if p.is_file() and p.name[0] != ".")
        for source in sources
    }
    return [f"{count} in inbox/{source}" for source, count in counts.items() if count]


def refused_files(paths: DataPaths) -> list[str]:
    """Files in the inbox that were refused, with the reason and what to do."""
    return [
        f"inbox/{source_id}/{path.name}: {_one_line(reason)}; it is tried again when it changes"
        for source_id, spec in catalog().items()
        for path in sorted((paths.inbox / source_id).glob("[!.]*"))
        if (reason := refusal(paths, spec, path))
    ]


def _one_line(text: str) -> str:
    return ". ".join(line.strip() for line in text.splitlines() if line.strip())


def releases_beside(paths: DataPaths) -> list[str]:
    """Releases of earlier knowledge days that are not current, newest first."""
    return [
        f"{release.release_id}: {release.n_marts} marts, as known on {release.as_known_on}; "
        f"`pax query --release {release.release_id}` reads it"
        for release in releases(paths)
        if not (release.is_current or release.has_all_known)
    ]


def request_logs(paths: DataPaths) -> list[str]:
    """Progress of live ingestions that take many requests."""
    found = []
    for source_id, spec in catalog().items():
        if not request_log_path(paths, source_id).is_file():
            continue
        log = RequestLog(paths, spec)
        refused = log.refused()
        text = f"{source_id}: {log.answered()} of {len(log.planned)} requests answered"
        text += f", {len(refused)} refused, such as {refused[0]}" if refused else ""
        if missing := log.missing():
            text += f"; missing: {missing[0]}" + (
                f" and {len(missing) - 1} more up to {missing[-1]}; the next fetch continues"
                if len(missing) > 1
                else "; the next fetch continues"
            )
        found.append(f"{text} (planned on {log.planned_on[:10]})")
    return found


def _current(paths: DataPaths) -> str:
    current = next((release for release in releases(paths) if release.is_current), None)
    if current is None:
        return "nothing yet: `pax run` publishes the first release"
    age = datetime.now(UTC) - datetime.fromisoformat(current.built_at)
    hours = age.total_seconds() / 3600
    old = f"{hours:.1f} hours" if hours < 48 else f"{hours / 24:.0f} days"
    known = f", as known on {current.as_known_on}" if current.as_known_on < "9999" else ""
    return (
        f"{current.release_id}: {current.n_marts} marts, as of {current.as_of_date}{known}, "
        f"built {old} ago" + (", held by a rollback" if pinned_id(paths) else "")
    )


def _last(paths: DataPaths) -> str:
    run = run_state.read(paths)
    if run is None:
        return "none recorded"
    return f"{run.outcome} at {run.started_at}, {run.seconds} s, exit code {run.exit_code}"


def _line(console: Console, name: str, value: str) -> None:
    console.print(f"[bold]{name:<9}[/bold] {escape(value)}", highlight=False, soft_wrap=True)
