"""What a step has started ends with it, however the step ends."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Generator

import pytest

from orchestration.defs.transformation.child_process import ended_afterwards

WAIT = "import time; time.sleep(60)"
LEFT = (
    "import subprocess, sys\n"
    "from orchestration.defs.transformation.child_process import ended_afterwards\n"
    "child = subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=subprocess.DEVNULL)\n"
    "block = ended_afterwards(child)\n"
    "block.__enter__()\n"
    "print(child.pid, flush=True)\n"
    "raise SystemExit(1)\n"
)


def child(code: str = WAIT) -> subprocess.Popen[bytes]:
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)


def test_an_error_of_the_reader_ends_it() -> None:
    process = child()
    with pytest.raises(OSError, match="full"), ended_afterwards(process):
        raise OSError("the disk is full")
    assert process.returncode is not None


def test_events_that_nobody_reads_any_more_end_it() -> None:
    process = child()

    def events() -> Generator[int]:
        with ended_afterwards(process):
            yield 1
            yield 2

    reader = events()
    assert next(reader) == 1
    reader.close()
    assert process.returncode is not None


def test_what_has_ended_keeps_its_code() -> None:
    process = child("raise SystemExit(3)")
    with ended_afterwards(process):
        process.wait()
    assert process.returncode == 3


def test_the_end_of_the_program_ends_it() -> None:
    done = subprocess.run([sys.executable, "-c", LEFT, WAIT], capture_output=True, text=True)
    assert done.returncode == 1
    alive = subprocess.run(["ps", "-o", "stat=", "-p", done.stdout.strip()], capture_output=True)
    assert alive.stdout.strip()[:1] in (b"", b"Z")
