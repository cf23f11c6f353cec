"""Named steps of publishing, at which a test may kill the process.

`PAX_FAILPOINT=<step>` kills the process outright after that step, as a power cut would.
"""

from __future__ import annotations

import os
import signal

STEPS = (
    "locked",
    "folder_made",
    "parquet_written",
    "database_written",
    "contents_written",
    "manifest_written",
    "verified",
    "made_read_only",
    "renamed",
    "activated",
    "retained",
)
#: Steps of a publication to PostgreSQL.
POSTGRES_STEPS = ("postgres_loaded", "postgres_swapped")
#: Steps of a copy to object storage.
OBJECT_STEPS = ("object_copied", "objects_copied", "object_manifest_written")


def failpoint(step: str) -> None:
    """Kill the process if `PAX_FAILPOINT` names `step`; otherwise nothing."""
    if os.environ.get("PAX_FAILPOINT") == step:
        os.kill(os.getpid(), signal.SIGKILL)
