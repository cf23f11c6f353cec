"""Errors of publishing; each says what was kept and what to do."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb

_WRITING = {
    errno.ENOSPC: ("the disk is full", "free some space"),
    errno.EDQUOT: ("the disk quota is used up", "free some space"),
    errno.EFBIG: ("a file grew beyond what the system allows", "raise the file size limit"),
    errno.EROFS: ("the file system is read-only", "choose another PAX_HOME"),
    errno.EACCES: ("writing is not permitted", "give this user write permission"),
    errno.EPERM: ("writing is not permitted", "give this user write permission"),
}


#: What DuckDB raises over a locked, damaged or unwritable file; a wrong query is none of these.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.ConnectionException,
    duckdb.TransactionException,
    duckdb.SerializationException,
    duckdb.FatalException,
    duckdb.InternalException,
)


class PublishError(Exception):
    """Nothing was published; `current` is as it was."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"{what}\n  The release that is served stays as it was.{then}")


class ChecksFailedError(PublishError):
    """A critical check failed, so this data may not go out."""


class VerificationError(PublishError):
    """The built release did not pass the look of a fresh process."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            "the built release was refused:\n" + "\n".join(f"  - {p}" for p in problems),
            remedy="mend what the lines above name, then run again",
        )


class ReleaseNotFoundError(PublishError):
    """A release was asked for that is not there."""


@contextmanager
def explained(place: Path) -> Iterator[None]:
    """Turn the system's write errors into words that name the place and the way out."""
    try:
        yield
    except OSError as error:
        what, remedy = _WRITING.get(error.errno or 0, ("", ""))
        if not what:
            raise
        where = error.filename or place
        raise PublishError(f"{what}: {where}", remedy=f"{remedy}, then run again") from error
    except _UNREADABLE as error:
        raise PublishError(
            f"DuckDB could not read or write below {place}: {str(error).splitlines()[0]}",
            remedy="see that no other program holds the working database and the disk has room",
        ) from error
