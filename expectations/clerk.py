"""A second process that judges suites while the first one builds; it imports Great Expectations.

The two speak JSON, a line each: `{"stage", "name", "table"}` in; `{"verdicts": path}` or an error
out, in the same order. The clerk ends when its input ends, so it never outlives who hired it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from expectations.check_result import ExpectationError
from warehouse.paths import PROJECT, DataPaths

Task = tuple[str, str, str | None]  # stage, suite, table


class ClerkGone(Exception):
    """The second process ended; whoever asked can judge here instead."""


@dataclass
class Clerk:
    """The asking side. Tasks may be handed in ahead of need (`hand_in`) and are done in order."""

    paths: DataPaths
    log: Path
    _process: subprocess.Popen[str] = field(init=False)
    _waiting: deque[Task] = field(init=False, default_factory=deque)
    _done: dict[Task, Mapping[str, Any]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("w", encoding="utf-8") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "expectations.clerk", str(self.paths.data_dir)],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True,
                cwd=PROJECT, env={**os.environ, "PAX_HOME": str(self.paths.data_dir)},
                # Ctrl-C is for the run, which then lets its clerk go
                start_new_session=True,
            )  # fmt: skip

    def hand_in(self, task: Task) -> None:
        """Ask without waiting. Raises `ClerkGone`."""
        stage, name, table = task
        line = json.dumps({"stage": stage, "name": name, "table": table})
        try:
            _pipe(self._process.stdin).write(line + "\n")
            _pipe(self._process.stdin).flush()
        except (BrokenPipeError, ValueError) as error:
            raise ClerkGone(self._why()) from error
        self._waiting.append(task)

    def validate(self, task: Task) -> list[dict[str, Any]]:
        """The verdicts of a task, handed in before or now. Raises `ExpectationError` for a wrong
        suite and `ClerkGone`."""
        if task not in self._done and task not in self._waiting:
            self.hand_in(task)
        while task not in self._done:
            line = _pipe(self._process.stdout).readline()
            if not line:
                raise ClerkGone(self._why())
            self._done[self._waiting.popleft()] = json.loads(line)
        answer = self._done.pop(task)
        if wrong := answer.get("wrong_suite"):
            raise ExpectationError(*wrong)
        if error := answer.get("error"):
            raise RuntimeError(f"{task[0]} of {task[1]}: {error}; more in {self.log}")
        found = [Path(path).read_text(encoding="utf-8") for path in answer["verdicts"]]
        return [verdict for text in found for verdict in json.loads(text)]

    def let_go(self) -> None:
        """End the process; a task in hand is given up."""
        with suppress(BrokenPipeError):  # it died before
            _pipe(self._process.stdin).close()
        self._process.terminate()
        self._process.wait()
        _pipe(self._process.stdout).close()

    def _why(self) -> str:
        return f"the judging process ended with {self._process.poll()}; see {self.log}"


def _pipe(stream: IO[str] | None) -> IO[str]:
    if stream is None:
        raise ClerkGone("the judging process has no pipes")
    return stream


def answer(paths: DataPaths, task: Mapping[str, Any]) -> dict[str, Any]:
    """Judge one task; the verdicts lie in files, since a full pipe would stop the clerk."""
    from expectations.runner import validate

    stage, name, table = task["stage"], task["name"], task["table"]
    try:
        verdicts = validate(paths, stage, name, table)
    except ExpectationError as error:
        return {"wrong_suite": [error.stage, error.subject, error.rule, error.why]}
    except Exception as error:  # whatever it is, who asked must hear of it
        return {"error": f"{type(error).__name__}: {error}"}
    subjects = dict.fromkeys(str(verdict["subject"]) for verdict in verdicts)
    return {
        "verdicts": [str(paths.check_results / stage / f"{subject}.json") for subject in subjects]
    }


def main() -> None:
    # what a library prints must not get between the answers
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    from expectations.runner import warm_up
    from expectations.views import sharing

    warm_up()
    paths = DataPaths.at(Path(sys.argv[1]))
    with sharing():
        for line in sys.stdin:
            answers.write(json.dumps(answer(paths, json.loads(line))) + "\n")
            answers.flush()


if __name__ == "__main__":
    main()
