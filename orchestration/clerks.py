"""The clerk of a run: a second process that judges at the doors while this one lands and builds.

Great Expectations takes seconds to import; on a second core they pass beside the imports of
Dagster and dbt, and the departures are judged while dbt tests the marts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from expectations.clerk import Clerk
from orchestration import dbt_env
from warehouse.paths import DataPaths

_hired: list[Clerk] = []


@contextmanager
def hiring(paths: DataPaths) -> Iterator[None]:
    """Have a clerk for a while; without a second core, or where this process knows Great
    Expectations already, the work is done here."""
    if (os.cpu_count() or 1) > 1 and "great_expectations" not in sys.modules:
        _hired.append(Clerk(paths, dbt_env.logs(paths) / "clerk.log"))
    try:
        yield
    finally:
        forget()


def hired() -> Clerk | None:
    return _hired[-1] if _hired else None


def forget() -> None:
    """Let the clerk go, if there is one: what is left is judged in this process."""
    while _hired:
        _hired.pop().let_go()
