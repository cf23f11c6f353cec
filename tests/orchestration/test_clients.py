"""Harlequin, R and Superset, which are not among this project's packages, on a whole release."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.orchestration.conftest import FinishedRun, run_module
from tests.superset.check_dashboard import EXPECTED
from tests.warehouse.postgres_server import Server, ask, server_or_skip
from warehouse.paths import PROJECT
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.release.postgres import READER, publish_to_postgres
from warehouse.storage.read_only import reading

pytestmark = [pytest.mark.xdist_group("whole_run"), pytest.mark.long]
CONNECT = PROJECT / "docs" / "connect"
ROWS, COLUMNS = 50, 160
_CONTROL = re.compile(rb"\x1b\[[0-9;?]*[a-zA-Z]")


def skip(why: str) -> None:
    warnings.warn(why, stacklevel=2)
    pytest.skip(why)


@pytest.fixture(scope="module")
def harlequin(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Harlequin in an environment of its own, with the versions that the recipe names."""
    folder = tmp_path_factory.mktemp("harlequin")
    recipe = (CONNECT / "harlequin.md").read_text("utf-8")
    pins = re.findall(r"\b(harlequin==\S+|duckdb==[\d.]+)", recipe)
    assert len(set(pins)) == 2
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=300)
    done = subprocess.run(
        [str(folder / "bin" / "pip"), "install", "--quiet", *sorted(set(pins))],
        capture_output=True, text=True, timeout=900, check=False,
    )  # fmt: skip
    if done.returncode:
        skip(f"Harlequin cannot be installed here: {done.stderr[-300:]}")
    return folder / "bin"


def test_harlequin_shows_the_answer_of_the_recipe(
    whole_run: FinishedRun, harlequin: Path, tmp_path: Path
) -> None:
    """The program itself in a terminal: the statement is typed, and the answer is on the screen."""
    database = str(whole_run.paths.current / FILE_NAME)
    sql = re.findall(r"```sql\n(.*?)```", (CONNECT / "harlequin.md").read_text("utf-8"), re.DOTALL)
    typed = " ".join(sql[0].split())
    with reading(whole_run.paths.current.resolve() / FILE_NAME) as release:
        expected = [str(row[0]) for row in release.execute(typed).fetchall()]
    assert expected
    screen = in_terminal(
        tmp_path, [str(harlequin / "harlequin"), "--read-only", database],
        [("Run Query", typed.encode()), ("limit", b"\n")], expected[-1],
    )  # fmt: skip
    assert [name for name in expected if name not in screen] == []
    refused = subprocess.run(
        [str(harlequin / "hsql"), "--read-only", database, "-c", "drop table marts.dim_country"],
        capture_output=True, text=True, timeout=120, check=False,
        env={**os.environ, "HOME": str(tmp_path)},
    )  # fmt: skip
    assert refused.returncode != 0
    assert "read-only" in refused.stdout + refused.stderr


def in_terminal(home: Path, words: list[str], keys: list[tuple[str, bytes]], wanted: str) -> str:
    """What a program writes to a terminal until it shows `wanted`, or for two minutes.

    Args:
        keys: what is pressed, each once the text before it is on the screen.
    """
    master, slave = pty.openpty()
    fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        words, stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "HOME": str(home), "TERM": "xterm-256color"},
    )  # fmt: skip
    os.close(slave)
    screen = ""
    left = list(keys)
    started = time.monotonic()
    try:
        while time.monotonic() - started < 120 and (left or wanted not in screen):
            if select.select([master], [], [], 0.2)[0]:
                try:
                    written = os.read(master, 1 << 20)
                except OSError:  # the program has ended
                    break
                screen += _CONTROL.sub(b"", written).decode("utf-8", "replace")
            elif left and left[0][0] in screen:
                time.sleep(1)  # it takes keys a moment after it is drawn
                os.write(master, left.pop(0)[1])
    finally:
        process.terminate()
        process.wait(30)
        os.close(master)
    return screen


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    yield from server_or_skip()


def test_r_reads_the_release_from_postgresql(
    whole_run: FinishedRun, server: Server, tmp_path: Path
) -> None:
    """Debian has no driver of R for DuckDB; it has the one for PostgreSQL."""
    program = shutil.which("Rscript")
    if program is None:
        skip("no R on this machine (Debian: r-base-core, r-cran-rpostgresql)")
    assert program is not None
    recipe = re.findall(r"```r\n(.*?)```", (CONNECT / "r.md").read_text("utf-8"), re.DOTALL)[0]
    folder = whole_run.paths.current.resolve()
    publish_to_postgres(folder, server.dsn)
    ask(server, "drop role if exists r_reader", "create role r_reader login",
        f"grant {READER} to r_reader")  # fmt: skip
    written = 'host = "localhost", dbname = "pax", user = "analyst"'
    assert written in recipe
    here = f'host = "{server.folder}", dbname = "postgres", user = "r_reader"'
    script = tmp_path / "recipe.R"
    script.write_text(recipe.replace(written, here), encoding="utf-8")
    done = subprocess.run(
        [program, str(script)], capture_output=True, text=True, timeout=300, check=False
    )
    if "there is no package called" in done.stderr:
        skip(f"R lacks a package of the recipe: {done.stderr.strip()[-200:]}")
    assert done.returncode == 0, done.stderr
    with reading(folder / FILE_NAME) as release:
        ((item, share),) = release.execute(
            "select item, concern_share from analysis.bloc_headline"
            " where year = 2024 and not is_basket order by concern_share desc nulls last limit 1"
        ).fetchall()
    assert item in done.stdout
    assert f"{share:.4f}" in done.stdout


@pytest.mark.timeout(1800)
def test_superset_has_the_figures_of_the_marts(whole_run: FinishedRun, tmp_path: Path) -> None:
    """`make superset` from nothing: installed, imported, every chart compared and looked at."""
    if sys.version_info[:2] != (3, 11):
        skip("Superset's pins are made for Python 3.11")
    # an installation that is there already is used: it is 0.7 GB
    there = PROJECT / ".superset"
    folder = there if (there / "venv").is_dir() else tmp_path / "superset"
    picture = tmp_path / "dashboard.png"
    done = run_module(
        whole_run.paths.data_dir, "tests.superset.check_dashboard", "--folder", str(folder),
        "--picture", str(picture), wait=1500,
    )  # fmt: skip
    if "pip could not install" in done.stderr:
        skip(f"Superset cannot be installed here: {done.stderr[-300:]}")
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    assert f"{len(EXPECTED)} charts have the figures of the marts" in done.stdout
    assert picture.stat().st_size > 20_000
