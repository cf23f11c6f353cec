"""Problems of several files, reported in one error: mending them one at a time takes a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError


@dataclass
class Problems:
    """The errors of the files of one set, in their order."""

    found: list[SourceError] = field(default_factory=list)

    @contextmanager
    def collected(self) -> Iterator[None]:
        """Keep a `SourceError` of the block, so that the files after it are still examined."""
        try:
            yield
        except SourceError as error:
            self.found.append(error)

    def raise_all(self, n_files: int) -> None:
        """Raise what was found: one error as it is, several as one that lists them all.

        Raises:
            UnknownLayoutError: every problem is an unknown layout.
            CorruptFileError: any other problem is among them.
        """
        if not self.found:
            return
        if len(self.found) == 1:
            raise self.found[0]
        kind = UnknownLayoutError if _is_all_unknown(self.found) else CorruptFileError
        lines = [f"\n  - {e.place or 'a file'}: {e.what}" for e in self.found]
        remedies = dict.fromkeys(error.remedy for error in self.found if error.remedy)
        raise kind(
            self.found[0].source_id,
            f"{len(self.found)} problems in {n_files} files; nothing of them has landed"
            + "".join(lines),
            remedy="; ".join(remedies),
        )


def _is_all_unknown(errors: list[SourceError]) -> bool:
    return all(isinstance(error, UnknownLayoutError) for error in errors)
