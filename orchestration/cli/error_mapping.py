"""Errors of the other rooms in the command line's shape: what, where, what to do, exit code."""

from __future__ import annotations

import errno

from orchestration.errors import REFUSED, UNAVAILABLE, WRONG_USE, PaxError


def explained(error: Exception) -> PaxError | None:
    """The error as the command line tells it; None if nobody foresaw it."""
    from sources.kit.catalog import UnknownSourceError
    from sources.kit.errors import SourceError, SourceUnavailableError
    from warehouse.storage.landing import LandingError

    if isinstance(error, SourceError):
        code = REFUSED
        if isinstance(error, UnknownSourceError):
            code = WRONG_USE
        elif isinstance(error, SourceUnavailableError):
            code = UNAVAILABLE
        return _with(code, f"{error.source_id}: {error.what}", error.place, error.remedy)
    if isinstance(error, LandingError):
        return _with(REFUSED, error.what, error.place, error.remedy)
    return _publishing(error) or _system(error)


def _publishing(error: Exception) -> PaxError | None:
    from warehouse.release.errors import PublishError, ReleaseNotFoundError

    if not isinstance(error, PublishError):
        return None
    what, _, remedy = str(error).partition("\n  What to do: ")
    return _with(
        WRONG_USE if isinstance(error, ReleaseNotFoundError) else REFUSED, what, "", remedy
    )


_FREE_SPACE = "free some space, or set PAX_HOME to a larger disk"
#: What DuckDB, dbt and Python say of it when it is only a step of a run that fails; the first that
#: fits counts (DuckDB calls a full disk for spilling "Out of Memory" too).
_WAYS_OUT = {
    "No space left on device": _FREE_SPACE,
    "Disk quota exceeded": _FREE_SPACE,
    "max_temp_directory_size": _FREE_SPACE,
    "Out of Memory Error": "raise memory_limit in dbt_project/profiles.yml, or land less at once",
}


def with_way_out(sentence: str) -> str:
    """A failure as it was told, and what to do about it if that is known."""
    for sign, remedy in _WAYS_OUT.items():
        if sign.lower() in sentence.lower():
            return f"{sentence}\n  what to do: {remedy}"
    return sentence


def _system(error: Exception) -> PaxError | None:
    if not isinstance(error, OSError) or error.errno is None:
        return None
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    remedy = _FREE_SPACE if full else "`pax doctor` looks at the disk and the permissions"
    return _with(REFUSED, error.strerror or str(error), str(error.filename or ""), remedy)


def _with(code: int, what: str, where: str, remedy: str) -> PaxError:
    told = PaxError(what, where=where, remedy=remedy)
    told.exit_code = code
    return told
