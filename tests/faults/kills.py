"""Kills of `pax run` and of landings with -9: each method returns what it did in words."""

from __future__ import annotations

import random
import re
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.faults.processes import finish, kill, list_group, start
from tests.faults.series import BUNDLED, Series
from tests.faults.state import TortureError, require_landing, require_same, require_whole
from warehouse.paths import DataPaths
from warehouse.release.failpoint import STEPS

#: How many of the runs that follow a killed one are killed as well.
SHARE_KILLED_AGAIN = 0.75
#: Stages whose start `pax run` prints, as `[2/6]`.
N_STAGES = 6
_STAGE = re.compile(rf"\[(\d)/{N_STAGES}\]")
#: Kills, in turn; the seed after them is one of `OTHERS`.
KILLS = (
    "stage", "failpoint", "any_moment", "landing", "stage", "failpoint", "any_moment", "stage",
    "failpoint", "landing", "stage", "failpoint", "any_moment", "stage", "whole_run", "failpoint",
    "any_moment", "landing", "first_run",
)  # fmt: skip


class Kills:
    """The kills of one series."""

    def __init__(self, series: Series) -> None:
        self.series, self.base = series, series.paths
        #: processes that were killed alone, by the group of what they had started
        self.killed: list[int] = []
        self.n_runs_killed = self.n_landings_killed = 0

    @property
    def seconds(self) -> float:
        """What a whole run takes."""
        return self.series.references[BUNDLED].seconds

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
        """Most runs that follow a killed one are killed, too, at a stage or at any moment."""
        words = ""
        while chance.random() < SHARE_KILLED_AGAIN:
            require_whole(self.base)
            seconds = self.series.references[self.series.state].seconds
            words += "; next " + (
                self._kill_at_stage(chance)
                if chance.random() < 0.5
                else self._kill_at_moment(chance, seconds)
            )
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

    @contextmanager
    def _folder(self) -> Iterator[Path]:
        with tempfile.TemporaryDirectory(dir=self.base.data_dir.parent) as folder:
            yield Path(folder)

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
