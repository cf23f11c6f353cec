"""Disturb `pax run` again and again: `python -m tests.faults.torture --runs 3`, `make torture N=3`.

Each seed is one fault on one data directory. 19 of 20 are kills with -9. Before most of them a
small file lands on top of the bundled figures, or is taken back, so that the run has new work; the
kill comes at a random moment, at the start of a stage, after a step of publishing (the process
alone, whose children must end by themselves, or with its children), or amid the landing; three in
four of the runs that follow are killed as well. One is of a run that makes every table anew, one of
a first run. The twentieth seed is another fault, in turn: a full disk, few open files, little
memory, a torn working database or store of runs, cut records, two runs at once, a daemon killed
amid a run, a folder that may not be written, a path with odd characters, a clock that jumps.
`--fault NAME` chooses one of them, `--fault others` all that are no kills.

After each, `current` and all releases must have the hashes of their manifests, what failed must
state a remedy, and the next `pax run` must publish the release that an undisturbed run published of
what has landed, to the byte, and leave nothing over; after every twentieth seed, and at the end,
everything is built again. Seeds that passed are in `passed.jsonl` of the folder and are not
repeated, so a long series can be stopped and resumed.

Runs are of a copy of the checkout with fewer years of trade and fewer tests of models, made once in
the folder, so that what changes in the checkout meanwhile does not disturb a series; `--whole`
takes the checkout itself.

A full disk is a small tmpfs where this user may mount one, else a limit of the size of each file;
root is bound to modes by giving up its capabilities; a clock needs `faketime`, else the times of
all files jump. The line of the seed says which.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.faults.faults import OTHERS, Faults
from tests.faults.kills import KILLS
from tests.faults.processes import MINUTES
from tests.faults.series import BUNDLED, Series
from tests.faults.small_checkout import copy_small_checkout
from tests.faults.state import TortureError, require_whole

#: Every so many seeds everything is built again.
DEEP = 20


def torture(folder: Path, n_runs: int, first_seed: int, only: str, minutes: float) -> int:
    """Run the seeds that have not passed yet, as long as there is time; how many failed."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "passed.jsonl"
    lines = map(json.loads, log.read_text().splitlines()) if log.exists() else ()
    passed = {(line["seed"], line.get("only", "")) for line in lines}
    series = Series(folder)
    series.learn(BUNDLED)
    print(f"a whole run: {_cpu_seconds():.0f} s of CPU", flush=True)
    faults, n_done, failures = Faults(series), 0, []
    end = time.monotonic() + minutes * MINUTES
    for seed in range(first_seed, first_seed + n_runs):
        if (seed, only) in passed or time.monotonic() > end:
            continue
        is_deep = seed % DEEP == DEEP // 2 or seed == first_seed + n_runs - 1
        begun, cpu, n_done = time.monotonic(), _cpu_seconds(), n_done + 1
        faults.n_runs_killed = faults.n_landings_killed = 0
        try:
            series.settle()
            what = faults.strike(seed, only)
            struck = _cpu_seconds()
            require_whole(series.paths)
            series.require_expected(*(["--force"] if is_deep else []))
            faults.require_ended()
        except (TortureError, subprocess.TimeoutExpired) as error:
            failures.append(str(error))
            print(f"seed {seed} FAILED: {error}", flush=True)
            continue
        took, end_cpu = round(time.monotonic() - begun, 1), _cpu_seconds()
        with log.open("a") as handle:
            line = {
                "seed": seed, "only": only, "fault": what, "seconds": took, "is_deep": is_deep,
                "cpu_of_fault": round(struck - cpu, 1),
                "cpu_of_repetition": round(end_cpu - struck, 1),
                "runs_killed": faults.n_runs_killed,
                "landings_killed": faults.n_landings_killed,
            }  # fmt: skip
            handle.write(json.dumps(line) + "\n")
        print(f"seed {seed}: {what} ({took} s, {end_cpu - cpu:.0f} s of CPU)", flush=True)
    kinds = ("torn", "lost", "other bytes", "left over", "unclear")
    counts = {kind: sum(text.startswith(kind) for text in failures) for kind in kinds}
    print(f"{n_done} runs, {len(failures)} failed ({counts}); {log} has those that passed")
    print(_killed(log))
    return len(failures)


def _killed(log: Path) -> str:
    """How many processes the seeds killed that have passed so far."""
    lines = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
    runs, landings = (
        sum(line.get(column, 0) for line in lines) for column in ("runs_killed", "landings_killed")
    )
    return f"{runs} runs and {landings} landings were killed in the {len(lines)} seeds that passed"


def _cpu_seconds() -> float:
    """Time of the processor that finished processes of this one took; of killed ones it is less."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _call_in_copy(project: Path, folder: Path) -> int:
    """This command again, with the modules of the copy."""
    command = [sys.executable, "-m", "tests.faults.torture", *sys.argv[1:]]
    environment = {**os.environ, "PYTHONPATH": str(project)}
    done = subprocess.run(
        [*command, "--whole", "--folder", str(folder)], cwd=project, env=environment, check=False
    )
    return done.returncode


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    names = sorted({*KILLS, "others", *(name for name, _ in OTHERS)})
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--fault", default="", choices=names, help="only this fault, by degrees")
    parser.add_argument("--minutes", type=float, default=1e6, help="begin no seed after so long")
    parser.add_argument("--folder", type=Path, help="where the series is kept and resumed")
    parser.add_argument(
        "--whole", action="store_true", help="all bundled figures, of this checkout"
    )
    chosen = parser.parse_args()
    folder = (chosen.folder or Path(tempfile.gettempdir()) / "pax_torture").resolve()
    if not chosen.whole:
        return _call_in_copy(copy_small_checkout(folder / "checkout"), folder)
    n_failed = torture(folder, chosen.runs, chosen.seed, chosen.fault, chosen.minutes)
    return 1 if n_failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
