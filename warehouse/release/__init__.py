"""Publishing: a new immutable release, then `current` is replaced by one atomic rename.

`postgres` publishes a sealed release to PostgreSQL, after the activation: its failure does not
undo the current release.
"""

from warehouse.release.build import publish
from warehouse.release.errors import (
    ChecksFailedError,
    PublishError,
    ReleaseNotFoundError,
    VerificationError,
)
from warehouse.release.parquet import MartFile, export_marts
from warehouse.release.pin import pinned_id
from warehouse.release.registry import Release, current_id, releases
from warehouse.release.rollback import rollback, unpin
from warehouse.release.run_info import Published, RunInfo

__all__ = [
    "ChecksFailedError",
    "MartFile",
    "PublishError",
    "Published",
    "Release",
    "ReleaseNotFoundError",
    "RunInfo",
    "VerificationError",
    "current_id",
    "export_marts",
    "pinned_id",
    "publish",
    "releases",
    "rollback",
    "unpin",
]
