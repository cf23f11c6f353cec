"""Errors of publishing; each message ends with the next step."""

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


#: DuckDB's errors for a locked, damaged or unwritable file; a wrong query is none of these.
_UNREADABLE = (
    duckdb.IOException,
    duckdb.ConnectionException,
    duckdb.TransactionException,
    duckdb.SerializationException,
    duckdb.FatalException,
    duckdb.InternalException,
)


class PublishError(Exception):
    """Nothing was published; `current` is unchanged."""

    def __init__(self, what: str, *, remedy: str = "") -> None:
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"{what}\n  The current release is unchanged.{then}")


class ChecksFailedError(PublishError):
    """A critical check failed."""


class VerificationError(PublishError):
    """The built release failed its verification in a separate process."""

    def __init__(self, problems: Sequence[str]) -> None:
        self.problems = list(problems)
        super().__init__(
            "the built release failed verification:\n" + "\n".join(f"  - {p}" for p in problems),
            remedy="correct what the lines above name, then run again",
        )


class ReleaseNotFoundError(PublishError):
    """The requested release does not exist."""


@contextmanager
def publish_errors(place: Path) -> Iterator[None]:
    """Turn errors of the operating system and of DuckDB into a `PublishError` with the next step.

    Raises:
        PublishError: the block could not read or write a file.
    """
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
            remedy="close other programs that use the working database; check the free disk space",
        ) from error
