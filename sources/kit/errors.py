"""Errors of the sources' room; each names the source, the place and the way out."""


class SourceError(Exception):
    """Something about a source went wrong; `remedy` says what a person can do."""

    def __init__(self, source_id: str, what: str, *, place: str = "", remedy: str = "") -> None:
        self.source_id, self.what, self.place, self.remedy = source_id, what, place, remedy
        where = f" ({place})" if place else ""
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"{source_id}: {what}{where}{then}")


class UnknownLayoutError(SourceError):
    """A file follows none of the layouts that the source declares."""


class CorruptFileError(SourceError):
    """A file of a known layout is empty, truncated, wrongly encoded or contradicts itself."""


class QuarantineLimitError(SourceError):
    """More rows went to quarantine than the source's declared share allows."""


class SourceUnavailableError(SourceError):
    """The publisher did not answer, or refused; what landed before stays in use."""


class SourceBlockedError(SourceUnavailableError):
    """The publisher refuses this client (a browser check, a permission); the data are there."""


class SourceNotFoundError(SourceUnavailableError):
    """The publisher answers, and has no such thing (any more)."""
