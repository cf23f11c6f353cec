"""A failed step states in its run's log what failed and what a person should do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from orchestration.errors import explain


@contextmanager
def explain_failures() -> Iterator[None]:
    """Raise errors of the project's packages as `dg.Failure`; nothing is retried by itself."""
    try:
        yield
    except (dg.Failure, dg.RetryRequested):
        raise
    except Exception as error:
        known = explain(error)
        if known is None:
            raise
        raise dg.Failure(description=known.text, allow_retries=False) from error
