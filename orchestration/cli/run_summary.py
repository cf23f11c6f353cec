"""The short table at the end of a run: what landed, what was checked, what can be read now."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from orchestration.cli.run_state import LastRun
from orchestration.cli.undecided_labels import QUERY as UNDECIDED_QUERY
from orchestration.cli.undecided_labels import undecided_labels
from warehouse.paths import DataPaths
from warehouse.release.notice import moved_lines

if TYPE_CHECKING:
    from orchestration.defs.automation.chain import ChainResult
    from orchestration.defs.ingestion.landing_state import SourceState
    from warehouse.storage.set_aside import SetAside

#: Shown to be pasted; a query appears only if the release has its mart.
QUERIES = {
    "production_share": "select edition, denominator, production_share from marts.production_share "
    "where material_id = 'gallium' and country_id = 'CHN' and year = 2024 order by all",
    "supplier_share": "select source_id, flow_basis, supplier_id, value_share "
    "from marts.supplier_share where entity_id = 'JPN' and item_id = '850511' and year = 2024 "
    "order by value_share desc nulls last limit 5",
    "partner_dependency": "select entity_id, item_id, stage_id, concern_share, top_supplier_id "
    "from marts.partner_dependency where item_kind = 'material' and year = 2024 "
    "order by concern_share desc nulls last, imports_usd desc limit 10",
}


def gather(paths: DataPaths, run: LastRun, result: ChainResult) -> dict[str, Any]:
    """Everything that `show` prints, as plain values that can be kept."""
    from orchestration.defs.collect_check_results import collect_check_results, outcome, tally
    from orchestration.defs.failure_origin import failed_rows
    from orchestration.defs.ingestion.landing_state import landing_state
    from sources.kit.catalog import catalog
    from warehouse.storage.set_aside import list_set_aside

    checks = collect_check_results(paths)
    failed = [check for check in checks if outcome(check) == "failed"]
    rows_of_tests = failed_rows(paths) if failed else {}
    landed = landing_state(paths, catalog())
    return {
        "outcome": run.outcome,
        "seconds": run.seconds,
        "parameters": run.parameters,
        "landed": [state.as_dict() for state in landed],
        "checks": tally(checks),
        "failed_checks": [_failed_line(paths, check, rows_of_tests) for check in failed],
        "failures": result.failures,
        "missing": [*result.refused, *_missing(list_set_aside(paths), landed)],
        "release": _release(paths, result.release),
        "data_dir": str(paths.data_dir),
    }


def _missing(entries: Sequence[SetAside], landed: Sequence[SourceState]) -> list[str]:
    """What the release lacks: partitions that are set aside, and sources that are stale."""
    by_source = {entry.source_id for entry in entries}
    return [
        *(f"{entry.sentence}. What to do: {entry.remedy}" for entry in entries),
        *(f"{s.source_id} is stale: {s.note}" for s in landed
          if s.is_stale and s.source_id not in by_source),
    ]  # fmt: skip


def failed_live(paths: DataPaths, asked: Sequence[str]) -> list[str]:
    """The sources that were asked live and did not answer."""
    from warehouse.storage.load_records import read_stale_source

    return [source_id for source_id in asked if read_stale_source(paths, source_id)]


def short(prints: Mapping[str, str]) -> str:
    """All parts of a fingerprint as one short hash."""
    return hashlib.sha256(json.dumps(dict(prints), sort_keys=True).encode()).hexdigest()[:16]


def _release(paths: DataPaths, release: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if release is None:
        return None
    folder = paths.releases / release["release_id"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return {
        "release_id": release["release_id"],
        "is_new": release["is_new"],
        "is_current": release["is_current"],
        "folder": str(folder),
        "report": str(folder / "report" / "index.html"),
        "dictionary": str(folder / "docs" / "data_dictionary.html"),
        "marts": {name: mart["rows"] for name, mart in manifest["marts"].items()},
        "undecided": undecided_labels(folder),
        "n_empty": sum(1 for mart in manifest["marts"].values() if mart.get("why_empty")),
        "as_of_date": manifest["as_of_date"],
        "as_known_on": manifest["as_known_on"],
        "evidence_age_days": manifest.get("evidence_age_days"),
        "moved": moved_lines(manifest) if release["is_new"] else [],
    }


def _failed_line(
    paths: DataPaths, check: Mapping[str, Any], rows_of_tests: Mapping[str, Sequence[Any]]
) -> str:
    from orchestration.defs.failure_origin import describe_origin

    observed = f": {check['observed']}" if check.get("observed") else ""
    notes = f" ({check['notes']})" if check.get("notes") else ""
    rows = rows_of_tests.get(check["expectation"], check["sample"])
    origin = describe_origin(paths, check["subject"], rows)
    line = f"{check['stage']} · {check['subject']} · {check['expectation']}{observed}{notes}"
    return line + origin


def show(console: Console, summary: Mapping[str, Any], headline: str | None = None) -> None:
    """Print a summary; `headline` replaces the sentence about its outcome."""
    console.print(landed_table(summary["landed"]))
    console.print(_checks(summary["checks"]))
    _show_failures(console, summary)
    for line in summary.get("missing", ()):
        console.print(f"[yellow]missing[/yellow] {escape(line)}", highlight=False, soft_wrap=True)
    release = summary["release"]
    if release is None:
        ending = "[red]no release[/red]: the current release has not changed"
        if summary["outcome"] == "part built":
            ending = "a part was built into the working database; no release is made of a part"
        console.print(f"{headline or ending}  ({summary['seconds']} s)", highlight=False)
        return
    console.print(_marts(release["marts"]))
    line = headline or f"{summary['outcome']} in {summary['seconds']} s"
    console.print(f"[bold green]{escape(line)}[/bold green]", highlight=False)
    _show_places(console, release)


def _show_failures(console: Console, summary: Mapping[str, Any]) -> None:
    checks = summary["failed_checks"]
    for line in [*checks[:20], *([] if checks else summary["failures"])]:
        console.print(f"[red]failed[/red] {escape(line)}", highlight=False, soft_wrap=True)
    if checks or summary["failures"]:
        console.print("[dim]`pax dev` shows the run with the log of every step[/dim]")


def _show_places(console: Console, release: Mapping[str, Any]) -> None:
    age = release.get("evidence_age_days")
    old = f", {age} day{'s' * (age != 1)} before it was built" if age else ""
    lines = [
        ("release", release["release_id"]),
        ("as of", f"{release['as_of_date']}{old}"),
        ("folder", release["folder"]),
        ("report", release["report"]),
        ("dictionary", release["dictionary"]),
    ]
    if release["as_known_on"] < "9999":
        lines.append(("known on", f"{release['as_known_on']}: {_next_step(release)}"))
    elif not release.get("is_current", True):
        lines.append(("held", "current stays the release that a rollback holds; `pax publish "
                      "--unpin` activates this one"))  # fmt: skip
    if n_empty := release.get("n_empty"):
        lines.append(("empty", f"{n_empty} marts have no rows: the comment of the table and "
                      "`why_empty` in manifest.json state why"))  # fmt: skip
    lines += [("undecided", line) for line in release.get("undecided", ())]
    lines += [("moved", line) for line in release.get("moved", ())]
    for name, value in lines:
        console.print(f"  {name:<11}{escape(str(value))}", highlight=False, soft_wrap=True)
    console.print("  try")
    pax = _as_typed_here()
    option = "" if release.get("is_current", True) else f"--release {release['release_id']} "
    queries = {"excluded_figure": UNDECIDED_QUERY} if release.get("undecided") else {}
    for mart, sql in {**QUERIES, **queries}.items():
        if release["marts"].get(mart):
            console.print(
                f'    {pax} query {option}"{escape(sql)}"', highlight=False, soft_wrap=True
            )


def _next_step(release: Mapping[str, Any]) -> str:
    if release.get("is_current", True):
        return (
            "nothing published later is in it; `pax run` or `pax publish --rollback` activates "
            "today's again"
        )
    return (
        "nothing published later is in it; published beside the current release, which has not "
        f"changed; `pax publish --rollback {release['release_id']}` would activate it"
    )


def _as_typed_here() -> str:
    """`pax` as this shell would find it: by name, else by its path in the environment.

    Under `uv run`, as of `make run`, the environment is on the PATH of this process alone.
    """
    here = Path(sys.executable).with_name("pax")
    found = shutil.which("pax")
    is_on_path_of_shell = found and not (
        os.environ.get("UV_RUN_RECURSION_DEPTH") and Path(found) == here
    )
    return "pax" if is_on_path_of_shell else os.path.relpath(here)


def landed_table(rows: Sequence[Mapping[str, Any]]) -> Table:
    shown = table("landed", "rows>", "period", "edition", "access_method", "note")
    for row in rows:
        colour = "yellow" if row["is_stale"] else "dim" if not row["rows"] else None
        shown.add_row(
            row["source_id"], f"{row['rows']:,}", row["period"], row["editions"],
            row["access_methods"], escape(row["note"][:70]), style=colour,
        )  # fmt: skip
    return shown


def _checks(stages: Mapping[str, Mapping[str, int]]) -> Table:
    shown = table("checks", "passed>", "warned>", "failed>")
    for stage, counts in stages.items():
        failed = f"[red]{counts['failed']}[/red]" if counts["failed"] else "0"
        shown.add_row(stage, f"{counts['passed']:,}", f"{counts['warned']:,}", failed)
    return shown


def _marts(marts: Mapping[str, int]) -> Table:
    """Two marts to a line: a screen should hold the whole summary."""
    shown = table("mart", "rows>", "mart", "rows>")
    pairs = [(name, f"{rows:,}") for name, rows in marts.items()]
    half = (len(pairs) + 1) // 2
    for left, right in zip(pairs[:half], [*pairs[half:], ("", "")], strict=False):
        shown.add_row(*left, *right)
    return shown


def table(*columns: str) -> Table:
    """A plain table; a column called `rows>` is aligned to the right."""
    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for column in columns:
        right = column.endswith(">")
        made.add_column(column.rstrip(">"), justify="right" if right else "left")
    return made
