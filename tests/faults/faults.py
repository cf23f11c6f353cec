"""The faults of `make torture`: one method each, which returns in words what it did."""

from __future__ import annotations

import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

import dagster as dg

from orchestration.defs.automation.jobs import BUILD_AND_RELEASE, EVERYTHING
from orchestration.defs.instance import open_instance
from tests.faults.processes import (
    MINUTES,
    PAX,
    enlarge,
    finish,
    kill,
    list_group,
    small_disk,
    start,
    start_command,
    without_privileges,
)
from tests.faults.series import BUNDLED, Series
from tests.faults.state import (
    TortureError,
    marts_of,
    require_explained,
    require_landing,
    require_same,
    require_whole,
)
from tests.orchestration.conftest import variables
from warehouse.paths import DataPaths
from warehouse.release.failpoint import STEPS

#: Stages whose start `pax run` prints, as `[2/6]`.
N_STAGES = 6
_STAGE = re.compile(rf"\[(\d)/{N_STAGES}\]")
#: Kills, in turn; the seed after them is one of `OTHERS`.
KILLS = (
    "stage", "failpoint", "any_moment", "landing", "stage", "failpoint", "any_moment", "stage",
    "failpoint", "landing", "stage", "failpoint", "any_moment", "stage", "whole_run", "failpoint",
    "any_moment", "landing", "first_run",
)  # fmt: skip
#: What is no kill, with its degree: size of the disk in MB, number of files, memory in MB.
OTHERS: tuple[tuple[str, tuple[object, ...]], ...] = (
    ("first_disk", (20,)), ("few_files", (24,)), ("little_memory", (1000,)), ("torn_database", ()),
    ("two_runs", ()), ("read_only", ("",)), ("odd_path", ()), ("clock", ("+400d",)),
    ("daemon", ()), ("later_disk", (20,)), ("few_files", (48,)), ("little_memory", (2000,)),
    ("torn_dagster", ()), ("first_disk", (60,)), ("read_only", ("landing",)), ("bad_path", ()),
    ("clock", ("-400d",)), ("later_disk", (60,)), ("few_files", (96,)), ("little_memory", (4000,)),
    ("torn_records", ()), ("first_disk", (120,)), ("read_only", ("releases",)),
    ("read_only", ("working",)), ("later_disk", (120,)),
)  # fmt: skip
ODD_NAME = 'it\'s a folder, ü (2) & "x" ' + "x" * 173


class Faults:
    """The faults of one series."""

    def __init__(self, series: Series) -> None:
        self.series, self.base = series, series.paths
        #: processes that were killed alone, by the group of what they had started
        self.killed: list[int] = []
        self.n_runs_killed = self.n_landings_killed = 0

    @property
    def seconds(self) -> float:
        """What a whole run takes."""
        return self.series.references[BUNDLED].seconds

    def strike(self, seed: int, only: str = "") -> str:
        """The fault of a seed; `only` is a kill, one of `OTHERS` by name, or `others` for all."""
        chance, n_turns = random.Random(seed), len(KILLS) + 1
        if only in KILLS:
            return self._strike(only, (), chance)
        if not only and seed % n_turns < len(KILLS):
            return self._strike(KILLS[seed % n_turns], (), chance)
        chosen = [one for one in OTHERS if only in ("", "others", one[0])]
        return self._strike(*chosen[(seed if only else seed // n_turns) % len(chosen)], chance)

    def _strike(self, name: str, degree: tuple[object, ...], chance: random.Random) -> str:
        fault: Callable[..., str] = getattr(self, name)
        return f"{name}: {fault(chance, *degree)}"

    def any_moment(self, chance: random.Random) -> str:
        """A kill at any moment of the run that follows a landing."""
        change, seconds = self._change(chance)
        return f"{change}; {self._kill_at_moment(chance, seconds)}{self._more_kills(chance)}"

    def whole_run(self, chance: random.Random) -> str:
        """A kill at any moment of a run that makes every table anew."""
        change, _ = self._change(chance)
        words = self._kill_at_moment(chance, self.seconds, "--full")
        return f"{change}; {words}{self._more_kills(chance)}"

    def stage(self, chance: random.Random) -> str:
        """A kill as a stage of the run that follows a landing begins."""
        change, _ = self._change(chance)
        return f"{change}; {self._kill_at_stage(chance)}{self._more_kills(chance)}"

    def failpoint(self, chance: random.Random) -> str:
        """A kill after a step of publishing what has landed."""
        change, _ = self._change(chance)
        step = chance.choice(STEPS)
        code, output = finish(start(self.base, "run", PAX_FAILPOINT=step))
        if code != -signal.SIGKILL:
            raise TortureError(f"step {step} was not reached: {code} {output[-800:]}")
        self.n_runs_killed += 1
        words = f"{change}; run killed after step {step} of publishing"
        return words + self._more_kills(chance)

    def _more_kills(self, chance: random.Random) -> str:
        """Every second run that follows a killed one is killed, too."""
        words = ""
        while chance.random() < 0.5:
            require_whole(self.base)
            words += f"; next {self._kill_at_stage(chance)}"
        return words

    def landing(self, chance: random.Random) -> str:
        """A kill while a file lands or is taken back; then the same again, or a run at once, which
        finds all of it or nothing."""
        target, is_repeated = self.series.next_state(chance), chance.random() < 0.5
        words = self._land(target, chance, is_killed=True, is_repeated=is_repeated)
        return words if is_repeated else f"{words}, not repeated"

    def _change(self, chance: random.Random) -> tuple[str, float]:
        """Land a file or take it back, so that the next run has real work: in words, with the
        seconds of that run. One landing in five is killed as well."""
        target = self.series.next_state(chance)
        seconds = self.series.references[target or self.series.state].seconds
        return self._land(target, chance, is_killed=chance.random() < 0.2), seconds

    def _land(
        self, target: str, chance: random.Random, *, is_killed: bool, is_repeated: bool = True
    ) -> str:
        what = f"land {target}" if target else f"undo {self.series.state}"
        if is_killed:
            [words] = self.series.commands(target)
            what = f"{what} (killed {self._kill_landing(words, chance)})"
        if is_repeated:
            self.series.go(target)
        return what

    def _kill_landing(self, words: list[str], chance: random.Random) -> str:
        """At any moment, or within the milliseconds in which files change."""
        folders = [*self._folders_of(words[1])]

        def times() -> list[int]:
            return [folder.stat().st_mtime_ns for folder in folders if folder.is_dir()]

        before, is_watched = times(), chance.random() < 0.7
        process = start(self.base, *words)
        if is_watched:
            while process.poll() is None and times() == before:
                time.sleep(0.001)
            pause = chance.uniform(0, 0.02)
        else:
            pause = chance.uniform(0, 1.5)
        time.sleep(pause)
        process.kill()
        process.wait()
        if process.returncode == 0:
            return "after its end"
        self.n_landings_killed += 1
        return f"{pause:.3f} s after {'the first change of a file' if is_watched else 'its start'}"

    def _folders_of(self, source_id: str) -> Iterator[Path]:
        yield self.base.raw
        yield self.base.landing / ".incoming"
        yield self.base.load_records / source_id
        yield from (self.base.landing / source_id).iterdir()

    def _kill_at_moment(self, chance: random.Random, seconds: float, *words: str) -> str:
        process = start(self.base, "run", *words)
        moment = chance.uniform(0, seconds)
        with suppress(subprocess.TimeoutExpired):
            process.communicate(timeout=moment)
        what = " ".join(["run", *words])
        return f"{what} killed after {moment:.1f} s, {self._kill(process, chance)}"

    def _kill_at_stage(self, chance: random.Random) -> str:
        number = chance.randint(1, N_STAGES)
        process = start(self.base, "run")
        assert process.stdout is not None
        # a stage without work is not printed: the next one is then meant
        begun = (_STAGE.match(line) for line in process.stdout)
        any(found and int(found[1]) >= number for found in begun)
        pause = chance.uniform(0, 1)
        time.sleep(pause)
        words = self._kill(process, chance)
        return f"run killed {pause:.1f} s after stage {number} began, {words}"

    def _kill(self, process: subprocess.Popen[str], chance: random.Random) -> str:
        self.killed.append(process.pid)
        if process.poll() is not None:
            return "after its end"
        self.n_runs_killed += 1
        return kill(process, chance, is_left=True)

    def require_ended(self) -> None:
        """What a killed run had started has ended by itself.

        Raises:
            TortureError: it has not.
        """
        if left := [args for leader in self.killed for args in list_group(leader)]:
            raise TortureError(f"left over: processes {left}")
        self.killed.clear()

    def first_run(self, chance: random.Random) -> str:
        """A first run in an empty folder; it is killed while it lands or begins to build."""
        with self._folder() as folder:
            paths = DataPaths.at(folder / "data")
            process = start(paths, "run")
            moment = chance.uniform(0, self.seconds / 2)
            with suppress(subprocess.TimeoutExpired):
                process.wait(moment)
            self.n_runs_killed += process.poll() is None
            words = kill(process, chance)
            self._require_first_run(paths, is_whole=chance.random() < 0.2)
        return f"first run killed after {moment:.1f} s, {words}"

    def first_disk(self, chance: random.Random, megabytes: int) -> str:
        """A first run on a disk of so many megabytes; then the disk is enlarged."""
        with small_disk(megabytes) as disk:
            if disk is None:
                size = megabytes / 4
                code = self._limited({resource.RLIMIT_FSIZE: megabytes << 18})
                return f"no file above {size:g} MB (no tmpfs may be mounted): exit code {code}"
            paths = DataPaths.at(disk / "data")
            code, output = finish(start(paths, "run"))
            require_explained(code, output)
            enlarge(disk)
            self._require_first_run(paths, is_whole=chance.random() < 0.5)
        return f"first run on a tmpfs of {megabytes} MB: exit code {code}"

    def later_disk(self, chance: random.Random, megabytes: int) -> str:
        """A run of an earlier knowledge day where so many megabytes are free; then the disk is
        enlarged."""
        database = self.base.database.name  # a run makes it anew, in the space of the old one
        files = [p for p in self.base.data_dir.rglob("*") if not p.name.startswith(database)]
        used = sum(p.lstat().st_size for p in files if not p.is_dir())
        # what a file of a tmpfs takes is whole pages
        size_mb = ((used + len(files) * 4096) >> 20) + megabytes
        with small_disk(size_mb) as disk:
            if disk is None:
                return "not done: no tmpfs may be mounted"
            paths = DataPaths.at(disk / "data")
            shutil.copytree(
                self.base.data_dir, paths.data_dir, symlinks=True,
                ignore=shutil.ignore_patterns(f"{database}*"),
            )  # fmt: skip
            code, output = finish(start(paths, "run", "--as-known-on", "2025-06-30"))
            require_explained(code, output)
            require_whole(paths)
            enlarge(disk)
            require_same(paths, marts_of(self.base), "--force")
        return f"{megabytes} MB free on a tmpfs: exit code {code}"

    def few_files(self, chance: random.Random, number: int) -> str:
        code = self._limited({resource.RLIMIT_NOFILE: number})
        return f"{number} open files: exit code {code}"

    def little_memory(self, chance: random.Random, megabytes: int) -> str:
        code = self._limited({resource.RLIMIT_AS: megabytes << 20})
        return f"{megabytes} MB of address space: exit code {code}"

    def torn_database(self, chance: random.Random) -> str:
        """Random bytes, or the first half of the working database, with a torn log beside it."""
        content = self.base.database.read_bytes()
        is_cut = chance.random() < 0.5
        self.base.database.write_bytes(
            content[: len(content) // 2] if is_cut else chance.randbytes(100_000)
        )
        self.base.database.with_name(f"{self.base.database.name}.wal").write_bytes(b"\0" * 999)
        for words in (["doctor"], ["query", "--working", "select 1"], ["status"]):
            require_explained(*finish(start(self.base, *words)))
        require_same(self.base, marts_of(self.base), "--force")
        return "cut working database" if is_cut else "working database of random bytes"

    def torn_dagster(self, chance: random.Random) -> str:
        """The store of Dagster's runs is torn: nothing that is published depends on it."""
        with self._copied() as paths:
            store = paths.dagster_home / "history" / "runs.db"
            store.write_bytes(store.read_bytes()[:5000] + chance.randbytes(60_000))
            code, output = finish(start(paths, "run", "--force"))
            require_explained(code, output)
            require_whole(paths)
            if code:
                shutil.rmtree(paths.dagster_home)
                require_same(paths, marts_of(self.base), "--force")
        return f"torn store of Dagster's runs: exit code {code}"

    def torn_records(self, chance: random.Random) -> str:
        """Each JSON that a run leaves in the working folder is cut, as by a full disk."""
        files = sorted(self.base.working.rglob("*.json"))
        chosen = [file for file in files if chance.random() < 0.5]
        for file in chosen:
            file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
        require_explained(*finish(start(self.base, "status")))
        require_same(self.base, marts_of(self.base), "--force")
        return f"{len(chosen)} of {len(files)} working records cut"

    def two_runs(self, chance: random.Random) -> str:
        both = [start(self.base, "run", "--force") for _ in range(2)]
        codes = [finish(process)[0] for process in both]
        if any(codes):
            raise TortureError(f"lost: two runs at once ended with {codes}")
        return "two runs at once"

    def read_only(self, chance: random.Random, folder: str) -> str:
        """A folder of the data directory (all of it: "") that a user without privileges may not
        write: readers work, a run says so, and with the mode of before it runs."""
        before = without_privileges()
        if before is None:
            return "not done: root is not bound by modes, and setpriv is missing"
        with self._copied() as paths:
            target = paths.data_dir / folder
            modes = {p: p.stat().st_mode for p in (target, *target.rglob("*")) if p.is_dir()}
            for path in modes:
                path.chmod(0o555)
            try:
                for words in (["query", "from marts.publish_info"], ["status"], ["verify"]):
                    code, output = self._as_user(before, paths, *words)
                    require_explained(code, output)
                    if code and words[0] == "query":
                        raise TortureError(f"lost: a reader of a read-only folder: {output}")
                code, output = self._as_user(before, paths, "run", "--force")
            finally:
                for path, mode in modes.items():
                    path.chmod(mode)
            require_explained(code, output)
            if not code:
                raise TortureError(f"a run wrote into a read-only folder {folder or 'of data'}")
            require_same(paths, marts_of(self.base), *(["--force"] if folder == "releases" else []))
        return f"read-only {folder or 'data directory'}: exit code {code}"

    def odd_path(self, chance: random.Random) -> str:
        with self._folder() as folder:
            require_same(DataPaths.at(folder / ODD_NAME), self._bundled, "--force")
        return f"a folder whose name has {len(ODD_NAME)} characters: {ODD_NAME[:30]}…"

    def bad_path(self, chance: random.Random) -> str:
        """A character that DuckDB or dbt would interpret is refused by name, before anything."""
        with self._folder() as folder:
            for character in "*?[]{}\n\x1b":
                name = f"data {character} x"
                environment = {**os.environ, "PAX_HOME": str(folder / name), "NO_COLOR": "1"}
                code, output = finish(start_command([*PAX, "run"], environment))
                require_explained(code, output)
                if code != 2 or repr(character) not in output or (folder / name).exists():
                    raise TortureError(f"unclear: {name!r}: {code} {output[-500:]}")
        return "paths with characters that are refused"

    def clock(self, chance: random.Random, jump: str) -> str:
        """The clock jumps before a run and back after it, where `faketime` is installed; else all
        files are of another time."""
        if shutil.which("faketime") is None:
            seconds = int(jump[:-1]) * 86400
            for path in self.base.data_dir.rglob("*"):
                moved = path.lstat().st_mtime + seconds
                os.utime(path, (moved, moved), follow_symlinks=False)
            return f"times of all files {jump} (faketime is not installed)"
        # without them threads that wait for each other take all the time of the processor
        settings = {"DONT_FAKE_MONOTONIC": "1", "FAKETIME_FORCE_MONOTONIC_FIX": "0"}
        environment = variables(self.base.data_dir, **settings)
        command = ["faketime", "-f", jump, *PAX, "run", "--force"]
        code, output = finish(start_command(command, environment))
        if code:
            raise TortureError(f"lost: with a clock {jump}: {code} {output[-1500:]}")
        return f"a clock {jump} during a run"

    def daemon(self, chance: random.Random) -> str:
        """The daemon is killed amid a run that it has taken from the queue."""
        programs = Path(sys.executable).parent
        environment = variables(self.base.data_dir, PAX_AUTOMATION="off")
        module = ["-m", "orchestration.definitions"]
        config = {"ops": {"run_everything": {"config": {"force": True}}}}
        launch = [str(programs / "dagster"), "job", "launch", *module, "-j", EVERYTHING]
        code, output = finish(
            start_command([*launch, "--config-json", json.dumps(config)], environment)
        )
        if code:
            raise TortureError(f"the run was not queued: {output[-1500:]}")
        daemon = start_command([str(programs / "dagster-daemon"), "run", *module], environment)
        try:
            self._wait_for_build()
            pause = chance.uniform(0, self.seconds)
            time.sleep(pause)
        finally:
            self.n_runs_killed += 1
            words = kill(daemon, chance)
        return f"daemon killed {pause:.1f} s after its run began to build, {words}"

    def _wait_for_build(self) -> None:
        started = dg.RunsFilter(job_name=BUILD_AND_RELEASE, statuses=[dg.DagsterRunStatus.STARTED])
        deadline = time.monotonic() + 10 * MINUTES
        with open_instance(self.base) as instance:
            while not instance.get_runs(started):
                if time.monotonic() > deadline:
                    raise TortureError("the daemon took no run from the queue")
                time.sleep(1)

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.base.data_dir.parent) as folder:
            yield Path(folder)

    @contextmanager
    def _copied(self) -> Iterator[DataPaths]:
        with self._folder() as folder:
            shutil.copytree(self.base.data_dir, folder / "data", symlinks=True)
            yield DataPaths.at(folder / "data")

    def _require_first_run(self, paths: DataPaths, *, is_whole: bool) -> None:
        """After a first run that failed: it lands again, or a whole run gives the same bytes."""
        require_whole(paths)
        if is_whole:
            require_same(paths, self._bundled, "--force")
        else:
            require_landing(paths)

    @property
    def _bundled(self) -> dict[str, str]:
        """The marts of the bundled figures alone."""
        return self.series.references[BUNDLED].marts

    def _as_user(self, before: list[str], paths: DataPaths, *words: str) -> tuple[int, str]:
        return finish(start_command([*before, *PAX, *words], variables(paths.data_dir)))

    def _limited(self, limits: Mapping[int, int]) -> int:
        command = [*PAX, "run", "--force"]
        code, output = finish(start_command(command, variables(self.base.data_dir), limits))
        require_explained(code, output)
        return code
