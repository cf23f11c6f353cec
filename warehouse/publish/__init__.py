"""Publishing: a new immutable release, then one atomic flip of `current`.

A second target (PostgreSQL, loaded beside and swapped by rename) belongs here as `postgres.py`,
called after the flip: its failure must never undo what is already served.
"""

from warehouse.publish.errors import (
    GateRefused,
    NoSuchRelease,
    PublishError,
    VerificationFailed,
)
from warehouse.publish.release import publish
from warehouse.publish.rollback import rollback
from warehouse.publish.run import Published, RunInfo
from warehouse.publish.shelf import Release, current_id, releases

__all__ = [
    "GateRefused",
    "NoSuchRelease",
    "PublishError",
    "Published",
    "Release",
    "RunInfo",
    "VerificationFailed",
    "current_id",
    "publish",
    "releases",
    "rollback",
]
