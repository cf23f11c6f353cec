"""Errors of the command line: what failed, where, and what to do; each knows its exit code."""

from __future__ import annotations

from pathlib import Path

DONE, REFUSED, WRONG_USE, UNAVAILABLE, INTERRUPTED = 0, 1, 2, 3, 130


class PaxError(Exception):
    """Something a person has to know; `remedy` says the way out."""

    exit_code = REFUSED

    def __init__(self, what: str, *, where: str = "", remedy: str = "") -> None:
        self.what, self.where, self.remedy = what, where, remedy
        super().__init__(what)


class UsageError(PaxError):
    """The command was asked for something that does not exist or contradicts itself."""

    exit_code = WRONG_USE


class RunInProgressError(PaxError):
    """Another process writes in this home."""

    exit_code = WRONG_USE

    def __init__(self, data_dir: Path, holder: str) -> None:
        self.holder = holder
        super().__init__(
            f"this home is in use by {holder}",
            where=str(data_dir),
            remedy="wait until it has ended, stop it, or set PAX_HOME to another folder",
        )


class DataDirNotWritableError(PaxError):
    """Nothing can be written below PAX_HOME."""

    exit_code = WRONG_USE

    def __init__(self, data_dir: Path, error: OSError) -> None:
        super().__init__(
            f"the home cannot be written: {error.strerror or error}",
            where=str(data_dir),
            remedy="set PAX_HOME to a folder you may write, or repair its permissions",
        )


class RunFailedError(PaxError):
    """A check, a model or the disk stopped the run; what is served has not changed."""
