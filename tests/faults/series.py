"""A data directory that goes to and fro between the bundled figures and one landed file more."""

from __future__ import annotations

import json
import random
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.processes import finish, start
from tests.faults.state import TortureError, marts_of, require_bytes, require_run
from tests.faults.uploads import UPLOADS, choose_upload
from warehouse.paths import DataPaths
from warehouse.release.registry import current_damage, current_id, remove
from warehouse.storage.load_records import list_load_records

#: What has landed, by the source of the file; nothing but the bundled figures.
BUNDLED = ""


@dataclass(frozen=True)
class Reference:
    """What an undisturbed run gives: its seconds, the release and the hash of each mart."""

    seconds: float
    release_id: str
    marts: dict[str, str]


class Series:
    """The data directory of a series and the undisturbed result of each of its states."""

    def __init__(self, folder: Path) -> None:
        self.paths = DataPaths.at(folder / "data")
        self.files = folder / "uploads"
        self._kept = folder / "references.json"
        known = json.loads(self._kept.read_text()) if self._kept.is_file() else {}
        self.references = {state: Reference(**one) for state, one in known.items()}

    @property
    def state(self) -> str:
        """The source whose file has landed on top, or `BUNDLED`."""
        manual = [r for r in list_load_records(self.paths) if r.access_method == "manual"]
        return manual[0].source_id if manual else BUNDLED

    def require_expected(self, *words: str) -> None:
        """The next run publishes what an undisturbed one published of what has landed.

        Raises:
            TortureError: it does not.
        """
        require_run(self.paths, *words)
        expected = self.references[self.state]  # a run completes a landing that was killed
        require_bytes(self.paths, expected.marts)
        if (found := current_id(self.paths)) != expected.release_id:
            raise TortureError(f"other bytes: {found} is current, and not {expected.release_id}")

    def learn(self, state: str) -> None:
        """Go to a state whose result is not known, and run there undisturbed.

        Raises:
            TortureError: the run fails.
        """
        if state in self.references:
            return
        if state == BUNDLED:  # what a first run that was stopped has left is no reference
            shutil.rmtree(self.paths.data_dir, ignore_errors=True)
        for words in self.commands(state):
            self.call(*words)
        self.call("run")
        seconds = json.loads((self.paths.working / "last_run.json").read_text())["seconds"]
        found = Reference(seconds, str(current_id(self.paths)), marts_of(self.paths))
        self.references[state] = found
        kept = {name: asdict(one) for name, one in self.references.items()}
        self._kept.write_text(json.dumps(kept))

    def settle(self) -> None:
        """Run where what has landed is not current, as after a seed that failed or was stopped.

        Raises:
            TortureError: the run fails, or does not give what is known.
        """
        if self.state not in self.references:
            for words in self.commands(BUNDLED):
                self.call(*words)
        expected = self.references[self.state]
        if current_id(self.paths) != expected.release_id or current_damage(self.paths):
            self.require_expected()

    def next_state(self, chance: random.Random) -> str:
        """Where the next seed goes: what has landed is taken back, else a file lands."""
        if self.state != BUNDLED:
            return BUNDLED
        chosen = choose_upload(chance).source_id
        if chosen in self.references:
            return chosen
        self.learn(chosen)
        return BUNDLED

    def commands(self, state: str) -> list[list[str]]:
        """What a person calls to get from the present state to another one."""
        taken_back = [
            ["land", record.source_id, "--undo", record.partition]
            for record in list_load_records(self.paths)
            if record.access_method == "manual" and record.source_id != state
        ]
        if state in (BUNDLED, self.state):
            return taken_back
        return [*taken_back, ["land", state, str(UPLOADS[state].write(self.files))]]

    def go(self, state: str) -> None:
        """Land what makes a state, without a run; its release, if it is kept, is removed, so that
        publishing is real.

        Raises:
            TortureError: landing fails.
        """
        for words in self.commands(state):
            code, output = finish(start(self.paths, *words))
            # an undo that was killed may have been complete but for the last moves of files
            if code and not ("--undo" in words and "has no landed partition" in output):
                raise TortureError(f"lost: pax {' '.join(words)}: {code} {output[-1500:]}")
        if self.state != state:
            raise TortureError(f"lost: {self.state!r} has landed instead of {state!r}")
        folder = self.paths.releases / self.references[state].release_id
        if folder.exists():
            remove(folder)

    def call(self, *words: str) -> None:
        """`pax <words>`, undisturbed.

        Raises:
            TortureError: it fails.
        """
        code, output = finish(start(self.paths, *words))
        if code:
            raise TortureError(f"lost: pax {' '.join(words)} ended with {code}: {output[-1500:]}")
