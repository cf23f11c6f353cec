"""What a person may ask of a run, checked before anything heavy begins."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from orchestration.defs.knowledge_day import check_knowledge_day
from orchestration.errors import UsageError
from sources.kit.catalog import SourceSpec, catalog
from sources.kit.requests import has_months

ENGINES = ("duckdb", "spark")


@dataclass(frozen=True)
class Parameters:
    """One run. `live` and `only` hold source ids; the two days are ISO dates."""

    live: tuple[str, ...] = ()
    only: tuple[str, ...] = ()
    partitions: tuple[str, ...] = ()
    #: a month such as 201701: of sources that are asked by month every one from it on
    since: str | None = None
    as_known_on: str | None = None
    as_of: str | None = None
    activate: bool = False
    select: str | None = None
    force: bool = False
    #: which engine builds the models with the tag `spark`: duckdb or spark
    engine: str = "duckdb"
    #: exit with 4 where the release lacks something that was set aside, refused or is stale
    strict: bool = False

    @property
    def is_for_current(self) -> bool:
        """Whether the release becomes current: one of an earlier knowledge day must be asked to."""
        return self.activate or self.as_known_on is None

    def as_dict(self) -> dict[str, str | None]:
        """What makes a release different: neither the access method nor the other options."""
        return {"as_known_on": self.as_known_on, "as_of": self.as_of}


def parameters(
    *,
    live: bool = False,
    sources: Sequence[str] = (),
    partitions: Sequence[str] = (),
    since: str | None = None,
    as_known_on: str | None = None,
    as_of: str | None = None,
    activate: bool = False,
    select: str | None = None,
    force: bool = False,
    engine: str = "duckdb",
    strict: bool = False,
    today: date | None = None,
) -> Parameters:
    """Check what was asked; every mistake names the choices. `today` is the clock's by default.

    Raises:
        UsageError: an unknown source, one that is not live, a partition without its source, a day
            that is not an ISO date, a knowledge day after today, --activate without one, or an
            unknown engine.
        SparkUnavailableError: Spark was asked for and cannot start here.
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
    if since and (not live or partitions):
        raise UsageError(
            "--since is for publishers that are asked by month, and instead of --partition",
            remedy=f"pax run --live --since {since} --source NAME",
        )
    if since and (monthless := [s for s in sources if not _has_months(known[s])]):
        raise UsageError(
            f"{', '.join(monthless)} cannot be asked by month",
            remedy=f"by month are: {', '.join(s for s in able if _has_months(known[s]))}",
        )
    known_day, of_day = check_knowledge_day(as_known_on, today or date.today()), _day(as_of)
    if as_of and not of_day:
        raise UsageError(f"--as-of {as_of!r} is not a date", remedy="write it as 2025-06-30")
    if activate and known_day is None:
        raise UsageError(
            "--activate is for a run with --as-known-on; any other release becomes current anyway",
            remedy="leave out --activate, or add --as-known-on DATE",
        )
    _check_engine(engine, select)
    return Parameters(
        live=tuple(sources or able) if live else (),
        only=tuple(sources),
        partitions=tuple(partitions),
        since=_month(since),
        as_known_on=known_day.isoformat() if known_day else None,
        as_of=of_day,
        activate=activate,
        select=select,
        force=force,
        engine=engine,
        strict=strict,
    )


def _check_engine(engine: str, select: str | None) -> None:
    if engine not in ENGINES:
        raise UsageError(
            f"no engine is called {engine}", remedy=f"choose one of: {', '.join(ENGINES)}"
        )
    if engine == "duckdb":
        return
    if select:
        raise UsageError(
            "--select builds with DuckDB alone", remedy="leave out --select, or --engine"
        )
    from orchestration.defs.transformation.spark_build import require_spark

    require_spark()


def _has_months(spec: SourceSpec) -> bool:
    return has_months([str(one) for one in spec.fetch.list_partitions()])


def _month(text: str | None) -> str | None:
    """A year or month such as 2017, 201703 or 2017-03 as a month."""
    if not text:
        return None
    found = re.fullmatch(r"((?:19|20)\d\d)(?:-?(0[1-9]|1[0-2]))?", text)
    if found is None:
        raise UsageError(f"--since {text!r} is no month", remedy="write it as 2017 or 2017-03")
    return f"{found[1]}{found[2] or '01'}"


def _day(text: str | None) -> str | None:
    try:
        return date.fromisoformat(text).isoformat() if text else None
    except ValueError:
        return None
