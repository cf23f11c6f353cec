"""How dbt is called: its executable, its files, and the manifest behind the asset graph."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from orchestration.errors import PaxError, remedy_for
from warehouse.paths import DBT_PROJECT, DataPaths
from warehouse.storage.file_lock import acquire_lock

#: Unit tests prove the SQL on made-up rows: they belong to the test suite, not to every run.
BUILD = ["build", "--exclude-resource-type", "unit_test"]
_SKIP = frozenset({"target", "logs", "dbt_packages"})


def manifest_path(paths: DataPaths) -> Path:
    """What the last build wrote; the release reads it."""
    return paths.dbt_target / "manifest.json"


def run_results_path(paths: DataPaths) -> Path:
    return paths.dbt_target / "run_results.json"


def dbt_executable() -> str:
    """dbt next to the running interpreter: PATH may hold another one, or none.

    `pax-dbt` is dbt that ends with the run that started it (see `dbt_process`).
    """
    for name in ("pax-dbt", "dbt"):
        beside = Path(sys.executable).with_name(name)
        if beside.is_file():
            return str(beside)
    return shutil.which("dbt") or "dbt"


def run_dbt(
    paths: DataPaths, *command: str, target: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """`dbt <command>` on a data directory, in a process of its own; its output is captured."""
    return subprocess.run(
        [
            dbt_executable(), "--no-use-colors", "--log-level-file", "none", *command,
            *("--project-dir", str(DBT_PROJECT), "--profiles-dir", str(DBT_PROJECT)),
            *("--target-path", str(target or paths.dbt_target)),
            *("--log-path", str(paths.working / "logs")),
        ],
        env={**os.environ, "PAX_HOME": str(paths.data_dir), "DO_NOT_TRACK": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def prepare_manifest(paths: DataPaths) -> Path:
    """The manifest of the project as it is now, parsed again if a file of it has changed.

    It lies apart from the build's target: a process that loads the graph never reads a file that
    a build is writing.

    Raises:
        PaxError: the project does not parse.
    """
    folder = paths.working / "dbt_parse"
    manifest, stamp, now = folder / "manifest.json", folder / "project.sha256", project_digest()
    if _is_current(manifest, stamp, now):
        return manifest
    with acquire_lock(paths.working / "dbt_parse.lock", "dbt parse", timeout=-1):
        if not _is_current(manifest, stamp, now):
            stamp.unlink(missing_ok=True)
            done = run_dbt(paths, "parse", target=folder)
            if done.returncode:
                words = _last_words(done)
                raise PaxError(
                    f"the dbt project does not parse: {words}",
                    where=str(DBT_PROJECT),
                    remedy=remedy_for(words)
                    or "correct the model, macro or YAML that the message names",
                )
            paths.dbt_target.mkdir(parents=True, exist_ok=True)
            # the next build continues from this parse
            shutil.copy(folder / "partial_parse.msgpack", paths.dbt_target)
            stamp.write_text(now)
    return manifest


def reset_working_database(paths: DataPaths) -> None:
    """Remove the working database: a whole build makes every table again, from any state."""
    for suffix in ("", ".wal"):
        paths.database.with_name(paths.database.name + suffix).unlink(missing_ok=True)


def _is_current(manifest: Path, stamp: Path, digest: str) -> bool:
    return manifest.is_file() and stamp.is_file() and stamp.read_text() == digest


def project_digest() -> str:
    digest = hashlib.sha256(f"{sys.prefix} {sys.version}".encode())
    for path in _project_files(DBT_PROJECT):
        digest.update(f"{path.relative_to(DBT_PROJECT)}\0".encode() + path.read_bytes())
    return digest.hexdigest()


def _project_files(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.is_dir() and path.name not in _SKIP:
            yield from _project_files(path)
        elif path.is_file() and path.suffix in (".sql", ".yml", ".yaml", ".md", ".py", ".csv"):
            yield path


def _last_words(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    return "\n".join(lines[-12:])
