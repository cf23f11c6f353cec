"""Atomic writes: one file by rename, a whole partition by a staged folder and one rename.

The files of a partition (Parquet per table, quarantine, load record) are written below
`landing/.incoming/`. Renaming that folder to a name that ends in `.commit` commits them: a run
that is killed before it leaves nothing behind, one killed after it is finished by the next
landing (`finish_commits`).
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.paths import DataPaths

_REMEDIES = {
    errno.ENOSPC: "free some space on this disk, or set PAX_HOME to a folder on a larger one",
    errno.EDQUOT: "your disk quota is used up; free some space or set PAX_HOME elsewhere",
    errno.EROFS: "the file system is read-only; set PAX_HOME to a folder you may write",
    errno.EACCES: "you may not write there; change its owner or set PAX_HOME elsewhere",
    errno.EPERM: "you may not write there; change its owner or set PAX_HOME elsewhere",
}


class LandingError(Exception):
    """The landing could not be written; nothing of the partition landed."""

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what, self.place, self.remedy = what, place, remedy
        where = f" ({place})" if place else ""
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"landing: {what}{where}{then}")


@contextmanager
def disk_errors(what: str, place: Path) -> Iterator[None]:
    """Turn an operating system's error into a `LandingError` with the next step.

    Raises:
        LandingError: the block raised an `OSError`.
    """
    try:
        yield
    except OSError as error:
        raise LandingError(
            f"cannot write {what}: {error.strerror or error}",
            place=str(error.filename or place),
            remedy=_REMEDIES.get(error.errno or 0, "check the folder and the disk"),
        ) from error


def fsync_file(path: Path) -> None:
    """Make a file's bytes durable, or a folder's entries."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes, as lower-case hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_atomic(path: Path, content: bytes, *, durable: bool = True) -> None:
    """Write `content` to `path`, whole or not at all; `durable` waits for the disk.

    Raises:
        OSError: it could not be written; `path` is unchanged.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with temporary.open("wb") as handle:
            handle.write(content)
            if durable:
                handle.flush()
                os.fsync(handle.fileno())
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise


def write_parquet(path: Path, table: pa.Table, *, durable: bool = False) -> Path:
    """Write a table as zstd Parquet to `path`, whole or not at all.

    Raises:
        OSError: it could not be written; `path` is unchanged.
    """
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink, compression="zstd")
    write_atomic(path, sink.getvalue().to_pybytes(), durable=durable)
    return path


@contextmanager
def staged(paths: DataPaths, name: str) -> Iterator[Path]:
    """An empty folder on the landing's own file system, removed afterwards in any case."""
    folder = paths.landing / ".incoming" / f"{name}.{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def commit(
    paths: DataPaths,
    folder: Path,
    moves: Mapping[str, Path],
    removals: Iterable[Path] = (),
    renames: Iterable[tuple[Path, Path]] = (),
) -> None:
    """Move the staged files to their destinations and remove what they replace, all or nothing.

    Args:
        moves: file name in `folder` -> destination below the data directory.
        removals: files below the data directory that the new ones replace.
        renames: files below the data directory and where they go before the moves, in order; no
            destination exists yet, or an earlier rename frees it.
    Raises:
        OSError: nothing was committed, or the next `finish_commits` completes it.
    """

    def below(path: Path) -> str:
        return str(path.relative_to(paths.data_dir))

    plan = {
        "renames": [(below(path), below(to)) for path, to in renames],
        "moves": {name: below(to) for name, to in moves.items()},
        "removals": [below(path) for path in removals],
    }
    write_atomic(folder / "plan.json", orjson.dumps(plan))
    committed = folder.with_suffix(".commit")
    shutil.rmtree(committed, ignore_errors=True)
    folder.rename(committed)
    _finish(paths, committed)


def finish_commits(paths: DataPaths) -> int:
    """Finish the commits of a killed run and remove its uncommitted files.

    Returns the number of partitions finished.
    """
    incoming = paths.landing / ".incoming"
    committed = sorted(incoming.glob("*.commit"))
    for folder in committed:
        _finish(paths, folder)
    for folder in incoming.glob("*.[0-9]*"):
        if not _is_running(int(folder.suffix[1:])):  # a killed run that had not committed
            shutil.rmtree(folder, ignore_errors=True)
    return len(committed)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _finish(paths: DataPaths, folder: Path) -> None:
    try:
        plan = orjson.loads((folder / "plan.json").read_bytes())
    except FileNotFoundError:  # killed while it removed the folder of a finished commit
        shutil.rmtree(folder, ignore_errors=True)
        return
    # a plan of version 0.2.0 has no renames
    for name, to in plan.get("renames", ()):
        source, target = paths.data_dir / name, paths.data_dir / to
        if source.exists() and not target.exists():  # else an earlier attempt has renamed it
            target.parent.mkdir(parents=True, exist_ok=True)
            source.rename(target)
    for name, to in plan["moves"].items():
        staged_file, target = folder / name, paths.data_dir / to
        if staged_file.exists():  # else an earlier attempt has moved it
            target.parent.mkdir(parents=True, exist_ok=True)
            staged_file.replace(target)
    for replaced in plan["removals"]:
        (paths.data_dir / replaced).unlink(missing_ok=True)
    shutil.rmtree(folder, ignore_errors=True)
