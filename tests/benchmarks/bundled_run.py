"""`make bench`: seconds of a first, a warm and an unchanged run, and of their stages.

Each run is timed from outside, process start included, in a data directory of its own; writes a
section of `docs/benchmarks.md`. No test asserts the figures: they depend on the machine.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from orchestration.progress import STAGES
from tests.benchmarks.page import PAGE, machine, write_section
from warehouse.paths import PROJECT, DataPaths

HEADING = "A run on the bundled data"
#: Seconds on two cores, packages installed (DESIGN, budgets).
BUDGET = {"warm": 100.0, "unchanged": 6.0}


@dataclass(frozen=True)
class TimedRun:
    """One run: wall and CPU seconds of the process, and the seconds of each stage."""

    name: str
    wall: float
    cpu: float
    stages: dict[str, float]


def time_run(name: str, paths: DataPaths, *arguments: str) -> TimedRun:
    """Run `pax run` in a process of its own.

    Raises:
        SystemExit: the run failed.
    """
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.app", "run", *arguments],
        env={**os.environ, "PAX_HOME": str(paths.data_dir)},
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    wall = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise SystemExit(f"pax run failed ({done.returncode}):\n{done.stdout}{done.stderr}")
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    timings = paths.working / "timings.json"
    stages = {} if name == "unchanged" else json.loads(timings.read_text(encoding="utf-8"))
    return TimedRun(name, wall, cpu, stages)


def time_runs(paths: DataPaths) -> list[TimedRun]:
    """First (empty data directory), warm (built again), unchanged (same fingerprint)."""
    first = time_run("first", paths)
    warm = min((time_run("warm", paths, "--force") for _ in range(2)), key=lambda run: run.wall)
    unchanged = min((time_run("unchanged", paths) for _ in range(3)), key=lambda run: run.wall)
    return [first, warm, unchanged]


def markdown(runs: Sequence[TimedRun]) -> str:
    by_name = {run.name: run for run in runs}
    first, warm = by_name["first"], by_name["warm"]
    rest = warm.wall - sum(warm.stages.get(stage, 0.0) for stage in STAGES)
    lines = [
        f"{machine()}; wall and CPU "
        "seconds of the whole process. *First*: an empty data directory; *warm*: built, checked "
        "and published again (`pax run --force`, best of 2; since 0.2.0 unchanged sources are not "
        "landed and checked again); *unchanged*: `pax run` when no input has changed (best of 3). "
        "Budgets are for orientation.",
        "",
        "| run | wall | CPU | budget |",
        "|---|---:|---:|---:|",
        *(
            f"| {run.name} | {run.wall:.1f} | {run.cpu:.1f} | {BUDGET.get(run.name, '')} |"
            for run in runs
        ),
        "",
        "| stage | first | warm | share of warm |",
        "|---|---:|---:|---:|",
        *(
            f"| {stage} | {first.stages.get(stage, 0.0):.1f} | {warm.stages.get(stage, 0.0):.1f} "
            f"| {warm.stages.get(stage, 0.0) / warm.wall:.0%} |"
            for stage in STAGES
        ),
        f"| interpreter, Dagster, summary | | {rest:.1f} | {rest / warm.wall:.0%} |",
        "",
        "*prepare* is the import of Dagster and dbt, dbt's parse and the asset graph; *sources* "
        "includes the import of Great Expectations.",
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        console.print("timing six runs …")
        text = markdown(time_runs(DataPaths.at(Path(folder) / "data")))
    write_section(HEADING, text)
    console.print(text, markup=False, highlight=False)
    console.print(f"written to {PAGE.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
