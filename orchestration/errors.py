"""Errors of the command line and of runs: what failed, where, what to do, and the exit code."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from pathlib import Path

DONE, REFUSED, WRONG_USE, UNAVAILABLE, INCOMPLETE, INTERRUPTED = 0, 1, 2, 3, 4, 130


class PaxError(Exception):
    """An error that a person can act on; `remedy` states how."""

    exit_code = REFUSED

    def __init__(
        self, what: str, *, where: str = "", remedy: str = "", exit_code: int | None = None
    ) -> None:
        self.what, self.where, self.remedy = what, where, remedy
        self.exit_code = self.exit_code if exit_code is None else exit_code
        super().__init__(what)

    @property
    def text(self) -> str:
        """All three parts, as a run's log shows them."""
        where = f" ({self.where})" if self.where else ""
        remedy = f"\nWhat to do: {self.remedy}" if self.remedy else ""
        return f"{self.what}{where}{remedy}"


class UsageError(PaxError):
    """The command names something that does not exist or contradicts itself."""

    exit_code = WRONG_USE


class RunInProgressError(PaxError):
    """Another process writes to this data directory, and `--no-wait` was given."""

    exit_code = WRONG_USE

    def __init__(self, data_dir: Path, owner: str) -> None:
        super().__init__(
            f"this data directory is in use by {owner}",
            where=str(data_dir),
            remedy="leave out --no-wait, stop the other run, or set PAX_HOME to another folder",
        )


class DataDirNotWritableError(PaxError):
    """Nothing can be written below PAX_HOME."""

    exit_code = WRONG_USE

    def __init__(self, data_dir: Path, error: OSError) -> None:
        super().__init__(
            f"the data directory cannot be written: {error.strerror or error}",
            where=str(data_dir),
            remedy="set PAX_HOME to a folder you may write, or repair its permissions",
        )


class RunFailedError(PaxError):
    """A check, a model or the disk stopped the run; the current release has not changed."""


def explain(error: BaseException) -> PaxError | None:
    """The error of another package with its place, remedy and exit code; None if it is unknown.

    A tool may wrap an error in one of its own: then what caused it is explained.
    """
    chain = list(_causes(error))
    found = (known for one in chain if (known := _explain_one(one)))
    return next(found, None) or next(filter(None, map(_of_words, chain)), None)


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__


def _explain_one(error: BaseException) -> PaxError | None:
    if isinstance(error, PaxError):
        return error
    from expectations.check_result import ExpectationError
    from sources.kit.catalog import UnknownSourceError
    from sources.kit.errors import SourceError, SourceUnavailableError
    from warehouse.paths import UnsafeDataDirError
    from warehouse.release.errors import PublishError, ReleaseNotFoundError
    from warehouse.storage.landing import LandingError
    from warehouse.storage.object_store import ObjectStoreError

    if isinstance(error, SourceError):
        code = REFUSED
        if isinstance(error, UnknownSourceError):
            code = WRONG_USE
        elif isinstance(error, SourceUnavailableError):
            code = UNAVAILABLE
        return _pax_error(code, f"{error.source_id}: {error.what}", error.place, error.remedy)
    if isinstance(error, UnsafeDataDirError):
        return _pax_error(WRONG_USE, error.what, str(error.path), error.remedy)
    if isinstance(error, LandingError | ObjectStoreError):
        return _pax_error(REFUSED, error.what, error.place, error.remedy)
    if isinstance(error, PublishError | ExpectationError):
        code = WRONG_USE if isinstance(error, ReleaseNotFoundError) else REFUSED
        what, _, remedy = str(error).partition("\n  What to do: ")
        return _pax_error(code, what, "", remedy)
    return _system(error)


_FREE_SPACE = "free some space, or set PAX_HOME to a larger disk"
_MORE_FILES = "allow more open files: `ulimit -n 1024`"
_MORE_MEMORY = "a run needs 3 GB: end other programs, or raise the limit of this one"
_NEW_STORE = (
    "the store of Dagster's runs is damaged: remove the folder `dagster` of the data directory, "
    "and only the history of runs is lost"
)
#: What DuckDB, dbt and Python write where a resource ends; the first that fits counts (DuckDB calls
#: a full disk for spilling "Out of Memory" too).
_REMEDIES = {
    "No space left on device": _FREE_SPACE,
    "Disk quota exceeded": _FREE_SPACE,
    "max_temp_directory_size": _FREE_SPACE,
    "database or disk is full": _FREE_SPACE,  # SQLite, in which Dagster keeps its runs
    "disk I/O error": f"{_FREE_SPACE}; `pax doctor` checks the disk and the permissions",
    "Out of Memory Error": "set PAX_MEMORY_LIMIT to more, such as 8GB, or land less at once",
    "Too many open files": _MORE_FILES,
    "unable to open database file": f"{_MORE_FILES}; `pax doctor` checks the permissions",
    "file is not a database": _NEW_STORE,
    "database disk image is malformed": _NEW_STORE,
    "cannot allocate memory": _MORE_MEMORY,
    "bad_alloc": _MORE_MEMORY,
    "Could not set lock on file": "close the program that has the working database open; readers "
    "should open current/pax_silica.duckdb instead",
}


def remedy_for(sentence: str) -> str:
    """What to do about a failure of which only the words are known; empty if that is unknown."""
    found = (r for sign, r in _REMEDIES.items() if sign.lower() in sentence.lower())
    return next(found, "")


_SYSTEM = {
    errno.ENOSPC: _FREE_SPACE, errno.EDQUOT: _FREE_SPACE, errno.EMFILE: _MORE_FILES,
    errno.ENFILE: _MORE_FILES, errno.ENOMEM: _MORE_MEMORY, errno.EAGAIN: _MORE_MEMORY,
}  # fmt: skip


def _of_words(error: BaseException) -> PaxError | None:
    """An error of a library of which only the words tell that a resource has ended."""
    text = str(error).strip()
    remedy = remedy_for(text)
    return _pax_error(REFUSED, text.splitlines()[0][:300], "", remedy) if remedy else None


def _system(error: BaseException) -> PaxError | None:
    if isinstance(error, MemoryError):
        return _pax_error(REFUSED, "there is not enough memory", "", _MORE_MEMORY)
    if not isinstance(error, OSError) or error.errno is None:
        return None
    remedy = _SYSTEM.get(error.errno, "`pax doctor` checks the disk and the permissions")
    return _pax_error(REFUSED, error.strerror or str(error), str(error.filename or ""), remedy)


def _pax_error(code: int, what: str, where: str, remedy: str) -> PaxError:
    return PaxError(what, where=where, remedy=remedy, exit_code=code)
