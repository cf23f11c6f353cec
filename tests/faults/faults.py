"""Faults of `make torture` that are no kills: each method returns what it did in words."""

from __future__ import annotations

import json
import os
import random
import resource
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import dagster as dg

from orchestration.defs.automation.jobs import BUILD_AND_RELEASE, EVERYTHING
from orchestration.defs.instance import open_instance
from tests.faults.kills import KILLS, Kills
from tests.faults.processes import (
    MINUTES,
    PAX,
    enlarge,
    finish,
    kill,
    small_disk,
    start,
    start_command,
    without_privileges,
)
from tests.faults.state import (
    TortureError,
    marts_of,
    require_explained,
    require_same,
    require_whole,
)
from tests.orchestration.conftest import variables
from warehouse.paths import DataPaths

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


class Faults(Kills):
    """All faults of one series."""

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
    def _copied(self) -> Iterator[DataPaths]:
        with self._folder() as folder:
            shutil.copytree(self.base.data_dir, folder / "data", symlinks=True)
            yield DataPaths.at(folder / "data")

    def _as_user(self, before: list[str], paths: DataPaths, *words: str) -> tuple[int, str]:
        return finish(start_command([*before, *PAX, *words], variables(paths.data_dir)))

    def _limited(self, limits: Mapping[int, int]) -> int:
        command = [*PAX, "run", "--force"]
        code, output = finish(start_command(command, variables(self.base.data_dir), limits))
        require_explained(code, output)
        return code
