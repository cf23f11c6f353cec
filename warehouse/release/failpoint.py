"""Named steps of publishing: reported as progress, and a place where a test may pull the plug.

`PAX_FAILPOINT=<step>` kills the process outright when it gets there, as a power cut would.
"""

from __future__ import annotations

import os
import signal

STEPS = (
    "locked",
    "folder_made",
    "parquet_written",
    "snapshot_written",
    "pages_written",
    "manifest_written",
    "verified",
    "sealed",
    "renamed",
    "flipped",
    "retained",
)


def failpoint(step: str) -> None:
    """Mark that `step` is done."""
    if os.environ.get("PAX_FAILPOINT") == step:
        os.kill(os.getpid(), signal.SIGKILL)
