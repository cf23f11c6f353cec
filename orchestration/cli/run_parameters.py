"""What a person may ask of a run, checked before anything heavy begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.errors import UsageError
from sources.kit.catalog import catalog


@dataclass(frozen=True)
class Parameters:
    """One run. `live` and `only` hold source ids; the two days are ISO dates."""

    live: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    as_known_on: str | None = None
    as_of: str | None = None
    select: str | None = None
    force: bool = False

    def as_dict(self) -> dict[str, str | None]:
        """What makes a release different: neither the access method nor --force does."""
        return {"as_known_on": self.as_known_on, "as_of": self.as_of}


def parameters(
    *,
    live: bool = False,
    sources: Sequence[str] = (),
    partitions: Sequence[str] = (),
    as_known_on: str | None = None,
    as_of: str | None = None,
    select: str | None = None,
    force: bool = False,
) -> Parameters:
    """Check what was asked; every mistake names the choices.

    Raises:
        UsageError: an unknown source, one that is not live, a partition without its source, or a
            day that is not an ISO date.
    """
    known = catalog()
    if unknown := [s for s in sources if s not in known]:
        raise UsageError(
            f"no source is called {', '.join(unknown)}",
            remedy=f"choose one of: {', '.join(known)}",
        )
    able = [s for s, spec in known.items() if "live" in spec.access_methods]
    if live and (unable := [s for s in sources if s not in able]):
        raise UsageError(
            f"{', '.join(unable)} cannot be asked live",
            remedy=f"live are: {', '.join(able) or 'none'}; for the others use `pax land`",
        )
    if partitions and not (live and len(sources) == 1):
        raise UsageError(
            "--partition needs to know of which source",
            remedy=f"pax run --live --source NAME --partition {partitions[0]}",
        )
    days = {"--as-known-on": _day(as_known_on), "--as-of": _day(as_of)}
    for option, given in (("--as-known-on", as_known_on), ("--as-of", as_of)):
        if given and not days[option]:
            raise UsageError(f"{option} {given!r} is not a date", remedy="write it as 2025-06-30")
    return Parameters(
        live=tuple(sources or able) if live else (),
        only=tuple(sources),
        partitions=tuple(partitions),
        as_known_on=days["--as-known-on"],
        as_of=days["--as-of"],
        select=select,
        force=force,
    )


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        return None
