"""Notices to `PAX_WEBHOOK_URL`: a failed run, a new release.

Light on purpose: `pax run` posts without loading Dagster.
"""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Mapping
from http.client import HTTPException, InvalidURL
from typing import Any

from orchestration.defs.environment import webhook_url
from warehouse.paths import DataPaths
from warehouse.release.notice import mark_announced, release_notice, unannounced
from warehouse.storage.file_lock import LockTimeoutError, acquire_lock

SECONDS = 10


def post(url: str, body: Mapping[str, Any]) -> None:
    """Post a JSON object.

    Raises:
        OSError: the receiver cannot be reached or answers with an error.
        ValueError: the address is none; the message does not repeat it, since it may hold a token.
    """
    try:
        request = urllib.request.Request(
            url, json.dumps(body).encode(), {"Content-Type": "application/json"}
        )
        urllib.request.urlopen(request, timeout=SECONDS).close()
    except HTTPException as error:
        if not isinstance(error, InvalidURL):
            raise OSError(f"the answer is none of a web server ({type(error).__name__})") from None
        raise ValueError("PAX_WEBHOOK_URL is no address of a web server") from None
    except ValueError:
        raise ValueError("PAX_WEBHOOK_URL is no address of a web server") from None


def announce_release(paths: DataPaths) -> str:
    """Post the current release, once, whoever made it current; what was done, in words.

    A notice that is not accepted is posted again by the next run or tick.

    Raises:
        OSError: the receiver cannot be reached or answers with an error.
        ValueError: the address is none.
        PublishError: `current` is not a symlink.
    """
    if not (url := webhook_url()):
        return "no PAX_WEBHOOK_URL"
    if unannounced(paths) is None:
        return "the current release is announced"
    try:
        with acquire_lock(paths.releases / ".announce.lock", "the notice of a release"):
            release_id = unannounced(paths)
            notice = release_notice(paths, release_id) if release_id else None
            if release_id is None or notice is None:
                return "the current release is announced"
            post(url, notice)
            mark_announced(paths, release_id)
    except LockTimeoutError:
        return "another process posts the notice"
    return f"posted the notice of {release_id}"
