"""Errors of the other rooms in the command line's shape: what, where, what to do, exit code."""

from __future__ import annotations

import errno

from orchestration.errors import REFUSED, UNAVAILABLE, WRONG_USE, PaxError


def explained(error: Exception) -> PaxError | None:
    """The error as the command line tells it; None if nobody foresaw it."""
    from sources.kit.catalog import UnknownSource
    from sources.kit.errors import SourceError, SourceUnavailable
    from warehouse.landing import LandingError

    if isinstance(error, SourceError):
        code = REFUSED
        if isinstance(error, UnknownSource):
            code = WRONG_USE
        elif isinstance(error, SourceUnavailable):
            code = UNAVAILABLE
        return _with(code, f"{error.source_id}: {error.what}", error.place, error.remedy)
    if isinstance(error, LandingError):
        return _with(REFUSED, error.what, error.place, error.remedy)
    return _publishing(error) or _system(error)


def _publishing(error: Exception) -> PaxError | None:
    from warehouse.publish.errors import NoSuchRelease, PublishError

    if not isinstance(error, PublishError):
        return None
    what, _, remedy = str(error).partition("\n  What to do: ")
    return _with(WRONG_USE if isinstance(error, NoSuchRelease) else REFUSED, what, "", remedy)


def _system(error: Exception) -> PaxError | None:
    if not isinstance(error, OSError) or error.errno is None:
        return None
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = (
        "free some space, or set PAX_HOME to a larger disk"
        if full
        else "`pax doctor` looks at the disk and the permissions"
    )
    return _with(REFUSED, error.strerror or str(error), str(error.filename or ""), remedy)


def _with(code: int, what: str, where: str, remedy: str) -> PaxError:
    told = PaxError(what, where=where, remedy=remedy)
    told.exit_code = code
    return told
