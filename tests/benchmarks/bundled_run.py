"""`make bench`: how long a first, a warm and an unchanged run take, and where the seconds go.

Measured from outside, process start included, in a home of its own; writes `docs/benchmark_bundled_run.md`. The
figures are for reading: no test asserts them, since a busy machine is not a slow program.
"""

from __future__ import annotations

import json
import os
import platform
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
from warehouse.paths import PROJECT, DataPaths

PAGE = PROJECT / "docs" / "bench.md"
#: Budgets on two cores after set-up (seconds).
BUDGET = {"warm": 30.0, "unchanged": 6.0}


@dataclass(frozen=True)
class Measured:
    """One run: wall and CPU seconds of the process, and the stages' own seconds."""

    name: str
    wall: float
    cpu: float
    stages: dict[str, float]


def measure(name: str, paths: DataPaths, *words: str) -> Measured:
    """Call `pax run` in its own process and take the time around it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "orchestration.cli.app", "run", *words],
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
    return Measured(name, wall, cpu, stages)


def measurements(paths: DataPaths) -> list[Measured]:
    """First (empty home), warm (everything again), unchanged (the fingerprint answers)."""
    first = measure("first", paths)
    warm = min((measure("warm", paths, "--force") for _ in range(2)), key=lambda m: m.wall)
    unchanged = min((measure("unchanged", paths) for _ in range(3)), key=lambda m: m.wall)
    return [first, warm, unchanged]


def page(found: Sequence[Measured]) -> str:
    """The Markdown page."""
    by_name = {m.name: m for m in found}
    lines = [
        "# Where the seconds go",
        "",
        f"`make bench` on {os.cpu_count()} cores, Python {platform.python_version()}, bundled "
        "figures. Wall and CPU seconds of the whole process. *First*: an empty home; *warm*: "
        "everything again (`pax run --force`, best of 2); *unchanged*: `pax run` when nothing has "
        "changed (best of 3).",
        "",
        "| run | wall | CPU | budget |",
        "|---|---:|---:|---:|",
        *(f"| {m.name} | {m.wall:.1f} | {m.cpu:.1f} | {_budget(m.name)} |" for m in found),
        "",
        "| stage | first | warm | share of warm |",
        "|---|---:|---:|---:|",
    ]
    warm = by_name["warm"]
    for stage in STAGES:
        first, again = by_name["first"].stages.get(stage, 0.0), warm.stages.get(stage, 0.0)
        lines.append(f"| {stage} | {first:.1f} | {again:.1f} | {again / warm.wall:.0%} |")
    rest = warm.wall - sum(warm.stages.get(stage, 0.0) for stage in STAGES)
    lines.append(f"| interpreter, Dagster, summary | | {rest:.1f} | {rest / warm.wall:.0%} |")
    ratio = warm.wall / by_name["unchanged"].wall
    lines += [
        "",
        "*prepare* is imports (Dagster, dbt), dbt's parse and the asset graph; the first stage of "
        "*arrivals* pays the import of Great Expectations. An unchanged run is "
        f"{ratio:.0f} times faster than a warm one.",
    ]
    return "\n".join(lines) + "\n"


def _budget(name: str) -> str:
    return f"{BUDGET[name]:.0f}" if name in BUDGET else ""


def main() -> None:
    console = Console()
    with tempfile.TemporaryDirectory(prefix="pax-bench-") as folder:
        console.print("measuring four to six runs …")
        text = page(measurements(DataPaths.at(Path(folder) / "home")))
    PAGE.parent.mkdir(exist_ok=True)
    PAGE.write_text(text, encoding="utf-8")
    console.print(text, markup=False, highlight=False)
    console.print(f"written to {PAGE.relative_to(PROJECT)}")


if __name__ == "__main__":
    main()
