"""The second process that judges: the same verdicts, the same errors, and no life of its own."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from expectations.check_result import ExpectationError
from expectations.clerk import Clerk, ClerkGone, answer
from expectations.runner import ARRIVALS, validate
from sources.kit.catalog import find_source
from warehouse.paths import PROJECT, DataPaths
from warehouse.storage.landing import land_bundle
from warehouse.storage.load_records import write_load_records_table, write_parameters

TASK = (ARRIVALS, "worldbank_wgi", "indicators")
#: Hires a clerk, says who it is, and is killed.
HIRER = """
import sys, time
from pathlib import Path
from expectations.clerk import Clerk
from warehouse.paths import DataPaths
print(Clerk(DataPaths.at(Path(sys.argv[1])), Path(sys.argv[1]) / "log")._process.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def paths(tmp_path_factory: pytest.TempPathFactory) -> DataPaths:
    paths = DataPaths.at(tmp_path_factory.mktemp("clerk"))
    land_bundle(find_source("worldbank_wgi"), paths)
    write_parameters(paths)
    write_load_records_table(paths, [find_source("worldbank_wgi")])
    return paths


@pytest.fixture
def clerk(paths: DataPaths) -> Iterator[Clerk]:
    clerk = Clerk(paths, paths.data_dir / "clerk.log")
    yield clerk
    clerk.let_go()


def test_the_verdicts_are_those_of_this_process(paths: DataPaths, clerk: Clerk) -> None:
    clerk.hand_in(TASK)
    clerk.hand_in((ARRIVALS, "worldbank_wgi", None))  # the whole source; asked for first
    whole = clerk.validate((ARRIVALS, "worldbank_wgi", None))
    one = clerk.validate(TASK)
    assert one == whole
    here = validate(paths, *TASK)
    assert [(v["expectation"], v["passed"]) for v in one] == [
        (v["expectation"], v["passed"]) for v in here
    ]
    assert len(one) > 5


def test_what_cannot_be_judged_is_told(clerk: Clerk) -> None:
    with pytest.raises(RuntimeError, match=r"sources of no_such: ModuleNotFoundError.*more in"):
        clerk.validate((ARRIVALS, "no_such", None))
    assert clerk.validate(TASK), "an error ends one task, not the clerk"


def test_a_wrong_suite_is_an_error_of_the_suite(
    paths: DataPaths, clerk: Clerk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(*_: object) -> None:
        raise ExpectationError(ARRIVALS, "worldbank_wgi.indicators", "rule", "a typo")

    monkeypatch.setattr("expectations.runner.validate", wrong)
    told = answer(paths, {"stage": ARRIVALS, "name": "worldbank_wgi", "table": None})
    clerk._done[TASK] = told
    with pytest.raises(ExpectationError, match="could not be judged: a typo"):
        clerk.validate(TASK)


def test_a_clerk_that_died_says_so(paths: DataPaths) -> None:
    clerk = Clerk(paths, paths.data_dir / "dead.log")
    clerk._process.kill()
    clerk._process.wait()
    with pytest.raises(ClerkGone, match="ended with -9"):
        clerk.validate(TASK)
    clerk.let_go()


def test_a_clerk_does_not_outlive_a_killed_run(tmp_path: Path) -> None:
    hirer = subprocess.Popen(
        [sys.executable, "-c", HIRER, str(tmp_path)], stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    assert hirer.stdout is not None
    pid = int(hirer.stdout.readline())
    os.kill(hirer.pid, signal.SIGKILL)
    hirer.wait()
    for _ in range(600):
        if not is_alive(pid):
            return
        time.sleep(0.1)
    os.kill(pid, signal.SIGKILL)
    pytest.fail("the clerk went on without its run")


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except (ProcessLookupError, FileNotFoundError):
        return False
    return state != "Z"
