"""Errors of the sources: each states what failed, where, and what to do."""

from __future__ import annotations

from sources.kit.secrets import redact_secrets


class SourceError(Exception):
    """An error of one source. The user's keys are removed from its texts.

    Args:
        source_id: folder name of the source.
        what: what failed, with the expected and the actual value.
        place: file, row or URL.
        remedy: what the user can do; `default_remedy` of the class if empty.
    """

    default_remedy = ""

    def __init__(self, source_id: str, what: str, *, place: str = "", remedy: str = "") -> None:
        what, place = redact_secrets(what), redact_secrets(place)
        remedy = redact_secrets(remedy or self.default_remedy)
        self.source_id, self.what, self.place, self.remedy = source_id, what, place, remedy
        where = f" ({place})" if place else ""
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"{source_id}: {what}{where}{then}")


class UnknownLayoutError(SourceError):
    """A file has none of the layouts that the source declares."""


class CorruptFileError(SourceError):
    """A file of a known layout is empty, truncated, wrongly encoded or inconsistent."""

    default_remedy = "download it again; an interrupted download looks like this"


class QuarantineLimitError(SourceError):
    """More rows were quarantined than the source's declared share allows."""


class SourceUnavailableError(SourceError):
    """The publisher did not respond, or not with data; the landed partitions stay in use."""

    default_remedy = "the last landed partitions stay in use; try again later"


class SourceBlockedError(SourceUnavailableError):
    """The publisher refuses this client (a browser check, a permission); the data exist."""


class SourceNotFoundError(SourceUnavailableError):
    """The publisher responds, but the requested data do not exist (any more)."""
