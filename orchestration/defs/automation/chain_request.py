"""What a chain of runs ingests, and how."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class ChainRequest:
    """What a chain ingests. `live` and `only` hold source ids; the days are ISO dates."""

    live: Sequence[str] = ()
    only: Sequence[str] = ()
    partitions: Sequence[str] = ()
    #: of sources that are asked live by month: every month from this one on, such as 201701
    since: str = ""
    manual: Mapping[str, Sequence[str]] = field(default_factory=dict)
    as_known_on: str = ""
    as_of: str = ""
    #: make the release current also where it is of an earlier knowledge day
    activate: bool = False
    fingerprint: str = ""
    force: bool = False
    #: duckdb, or spark for the models with that tag
    engine: str = "duckdb"
    retries: int = 0
    #: dbt's selection syntax: a part is built and nothing is published
    select: str = ""

    def resource_config(
        self, access_method: str = "bundled", manual: Sequence[str] = ()
    ) -> dict[str, Any]:
        """The configuration of the resource `inputs` for one run of the chain."""
        return {
            "access_method": access_method,
            "manual": list(manual),
            "retries": self.retries,
            "as_known_on": self.as_known_on,
            "as_of": self.as_of,
            "activate": self.activate,
            "full": self.force,
            "engine": self.engine,
            "fingerprint": self.fingerprint,
        }
