"""Disturb `pax run` again and again: `python -m tests.faults.torture --runs 3`, `make torture N=3`.

Each seed is one fault on one data directory: a kill with -9 at a random moment, at the start of a
stage or after a step of publishing (the process alone, or with its children), a first run that is
killed, a torn working database, few open files, a full disk, two runs at once, a path with odd
characters. After each, `current` and all releases must have the hashes of their manifests and the
next `pax run` must give the same bytes; after every fifth, and at the end, everything is built
again and nothing may be left over. Seeds that passed are in `passed.jsonl` of the folder and are
not repeated, so a long series can be stopped and resumed.

A full disk is a small tmpfs where this user may mount one, else a limit of the size of each file;
the line of the seed says which. Not covered: another user, jumps of the clock, a killed daemon
(`tests/orchestration/test_daemon.py` has the last).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.orchestration.conftest import variables
from warehouse.paths import PROJECT, DataPaths
from warehouse.release.failpoint import STEPS
from warehouse.release.registry import current_damage, integrity_errors, releases

#: Stages whose start `pax run` prints, as `[2/6]`.
N_STAGES = 6
#: A fault per seed, in turn: mostly kills.
TURNS = ("stage", "failpoint", "random", "first_run", "stage", "failpoint", "random", "other")
ODD_NAME = "it's a folder, ü " + "x" * 180
MINUTES = 60.0
#: Every so many seeds everything is built again.
DEEP = 5


class TortureError(AssertionError):
    """A fault left something behind that it must not leave."""


def start(paths: DataPaths, *words: str, **settings: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "orchestration.cli.app", *words], cwd=PROJECT,
        env=variables(paths.data_dir, **settings), stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


def finish(process: subprocess.Popen[str]) -> tuple[int, str]:
    output, _ = process.communicate(timeout=30 * MINUTES)
    return process.returncode, output


def kill(process: subprocess.Popen[str], chance: random.Random) -> str:
    """Kill with -9: the process alone, as the system does without memory, or all of its group."""
    is_alone = chance.random() < 0.5
    with suppress(ProcessLookupError):
        os.kill(process.pid, signal.SIGKILL) if is_alone else os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    if is_alone:
        time.sleep(chance.random())
    with suppress(ProcessLookupError):  # what was left alone must not disturb the next seeds
        os.killpg(process.pid, signal.SIGKILL)
    return "alone" if is_alone else "with its children"


def marts_of(paths: DataPaths) -> dict[str, str]:
    """The hash of each mart of the current release, without the tables that describe the run."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((paths.current.resolve() / "parquet").glob("*.parquet"))
        if path.stem not in ("check_result", "publish_info")
    }


def leftovers(paths: DataPaths) -> list[Path]:
    """Files of an unfinished step; locks and the working folder are no leftovers."""
    return [
        *paths.releases.glob(".*.tmp"), *paths.data_dir.glob(".current.*"),
        *(paths.landing / ".incoming").glob("*"), *(paths.landing / ".accepted").glob("*/*"),
        *paths.set_aside.glob("*/*"),
    ]  # fmt: skip


def require_whole(paths: DataPaths) -> None:
    """Every release has the hashes of its manifest.

    Raises:
        TortureError: one has not.
    """
    wrong = current_damage(paths)
    wrong += [e for r in releases(paths) for e in integrity_errors(r.folder)]
    if wrong:
        raise TortureError(f"a release is damaged: {wrong[:3]}")


def require_same(paths: DataPaths, expected: dict[str, str], *words: str) -> None:
    """The next run succeeds and gives the same bytes.

    Raises:
        TortureError: it does not.
    """
    code, output = finish(start(paths, "run", *words))
    if code:
        raise TortureError(f"the next run ended with {code}: {output[-1500:]}")
    found = marts_of(paths)
    if found != expected:
        differing = sorted(n for n in expected if found.get(n) != expected[n])
        raise TortureError(f"other bytes in {differing[:5]}")
    if words and (left := leftovers(paths)):
        raise TortureError(f"left over: {[str(path) for path in left[:5]]}")


class Faults:
    """The faults; each method returns what it did, in words."""

    def __init__(self, base: DataPaths, seconds: float) -> None:
        self.base, self.seconds = base, seconds
        self.others: tuple[Callable[[random.Random], str], ...] = (
            self.torn_database, self.few_files, self.full_disk, self.two_runs, self.odd_path,
        )  # fmt: skip

    def strike(self, seed: int) -> str:
        chance = random.Random(seed)
        turn = TURNS[seed % len(TURNS)]
        if turn == "other":
            return self.others[seed // len(TURNS) % len(self.others)](chance)
        fault: Callable[[random.Random], str] = getattr(self, turn)
        return fault(chance)

    def random(self, chance: random.Random) -> str:
        process = start(self.base, "run", "--force")
        moment = chance.uniform(0, self.seconds)
        with suppress(subprocess.TimeoutExpired):
            process.wait(moment)
        return f"killed after {moment:.1f} s, {kill(process, chance)}"

    def stage(self, chance: random.Random) -> str:
        number = chance.randint(1, N_STAGES)
        process = start(self.base, "run", "--force")
        assert process.stdout is not None
        any(f"[{number}/{N_STAGES}]" in line for line in process.stdout)
        pause = chance.uniform(0, 1)
        time.sleep(pause)
        return f"killed {pause:.1f} s after stage {number} began, {kill(process, chance)}"

    def failpoint(self, chance: random.Random) -> str:
        """A release that is there already ends publishing early: it is taken away first."""
        step = chance.choice(STEPS)
        current = self.base.current.resolve()
        aside = self.base.data_dir / "aside"
        current.rename(aside)
        try:
            code, output = finish(start(self.base, "run", "--force", PAX_FAILPOINT=step))
            if code != -signal.SIGKILL:
                raise TortureError(f"step {step} was not reached: {code} {output[-800:]}")
        finally:
            if current.exists():
                shutil.rmtree(aside)
            else:
                aside.rename(current)
        return f"killed after step {step} of publishing"

    def first_run(self, chance: random.Random) -> str:
        """A first run in an empty folder; it is killed while it lands or begins to build."""
        with tempfile.TemporaryDirectory(dir=self.base.data_dir.parent) as folder:
            paths = DataPaths.at(Path(folder) / "data")
            process = start(paths, "run")
            moment = chance.uniform(0, self.seconds / 2)
            with suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            words = kill(process, chance)
            require_whole(paths)
            if chance.random() < 0.2:
                require_same(paths, marts_of(self.base), "--force")
            else:
                code, output = finish(start(paths, "land", "--bundled"))
                verified, lines = finish(start(paths, "verify"))
                if code or verified:
                    raise TortureError(f"landing again: {code} {output[-800:]} {lines[-800:]}")
        return f"first run killed after {moment:.1f} s, {words}"

    def torn_database(self, chance: random.Random) -> str:
        self.base.database.write_bytes(chance.randbytes(100_000))
        require_same(self.base, marts_of(self.base), "--force")
        return "torn working database"

    def few_files(self, chance: random.Random) -> str:
        number = chance.choice((24, 48, 96))
        code = self._limited(resource.RLIMIT_NOFILE, number)
        return f"{number} open files: exit code {code}"

    def full_disk(self, chance: random.Random) -> str:
        size = chance.choice((20, 60, 120))
        with small_disk(size) as folder:
            if folder is None:
                code = self._limited(resource.RLIMIT_FSIZE, size << 18)
                return f"no file above {size / 4:g} MB (no tmpfs may be mounted): exit code {code}"
            code, output = finish(start(DataPaths.at(folder / "data"), "run"))
            require_explained(code, output)
            return f"tmpfs of {size} MB: exit code {code}"

    def two_runs(self, chance: random.Random) -> str:
        both = [start(self.base, "run", "--force") for _ in range(2)]
        codes = [finish(process)[0] for process in both]
        if any(codes):
            raise TortureError(f"two runs at once ended with {codes}")
        return "two runs at once"

    def odd_path(self, chance: random.Random) -> str:
        with tempfile.TemporaryDirectory(dir=self.base.data_dir.parent) as folder:
            require_same(DataPaths.at(Path(folder) / ODD_NAME), marts_of(self.base), "--force")
        return f"a folder whose name has {len(ODD_NAME)} characters, an apostrophe and an umlaut"

    def _limited(self, what: int, limit: int) -> int:
        command = [sys.executable, "-m", "orchestration.cli.app", "run", "--force"]
        done = subprocess.run(
            command, cwd=PROJECT, env=variables(self.base.data_dir), capture_output=True,
            text=True, timeout=30 * MINUTES, check=False,
            preexec_fn=lambda: resource.setrlimit(what, (limit, limit)),
        )  # fmt: skip
        require_explained(done.returncode, done.stdout + done.stderr)
        return done.returncode


def require_explained(code: int, output: str) -> None:
    """A run that cannot work says so, with a remedy.

    Raises:
        TortureError: it calls itself a mistake of the program, or was killed.
    """
    if code not in (0, 1, 2) or (code and "mistake of the program" in output):
        raise TortureError(f"ended with {code}: {output[-1500:]}")


@contextmanager
def small_disk(megabytes: int) -> Iterator[Path | None]:
    """A mounted tmpfs of that size; None where this user may not mount one."""
    with tempfile.TemporaryDirectory() as folder:
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder]
        if subprocess.run(mount, capture_output=True, check=False).returncode:
            yield None
            return
        try:
            yield Path(folder)
        finally:
            subprocess.run(["umount", "-l", folder], check=False)


def prepare(folder: Path) -> tuple[DataPaths, float, dict[str, str]]:
    """The data directory with one release, the seconds that its run took, and its bytes."""
    paths = DataPaths.at(folder / "data")
    if not paths.current.exists():
        code, output = finish(start(paths, "run"))
        if code:
            raise TortureError(f"the first run ended with {code}: {output[-2000:]}")
    last = json.loads((paths.working / "last_run.json").read_text())
    reference = folder / "reference.json"
    if not reference.is_file():
        reference.write_text(json.dumps({"seconds": last["seconds"], "marts": marts_of(paths)}))
    known = json.loads(reference.read_text())
    return paths, known["seconds"], known["marts"]


def torture(folder: Path, n_runs: int, first_seed: int) -> int:
    """Run the seeds that have not passed yet; the number of those that failed."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "passed.jsonl"
    passed = (
        {json.loads(x)["seed"] for x in log.read_text().splitlines()} if log.exists() else set()
    )
    paths, seconds, expected = prepare(folder)
    faults, n_failed = Faults(paths, seconds), 0
    for seed in range(first_seed, first_seed + n_runs):
        if seed in passed:
            continue
        is_deep = seed % DEEP == DEEP - 1 or seed == first_seed + n_runs - 1
        begun = time.monotonic()
        try:
            what = faults.strike(seed)
            require_whole(paths)
            require_same(paths, expected, *(["--force"] if is_deep else []))
        except (TortureError, subprocess.TimeoutExpired) as error:
            n_failed += 1
            print(f"seed {seed} FAILED: {error}", flush=True)
            continue
        line = {"seed": seed, "fault": what, "seconds": round(time.monotonic() - begun, 1)}
        with log.open("a") as handle:
            handle.write(json.dumps(line) + "\n")
        print(f"seed {seed}: {what}", flush=True)
    print(f"{n_runs - n_failed} of {n_runs} seeds passed; {log} has them")
    return n_failed


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    parser.add_argument("--folder", type=Path, help="where the series is kept and resumed")
    chosen = parser.parse_args()
    folder = chosen.folder or Path(tempfile.gettempdir()) / "pax_torture"
    return 1 if torture(folder, chosen.runs, chosen.seed) else 0


if __name__ == "__main__":
    raise SystemExit(main())
