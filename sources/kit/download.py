"""Downloads of large files: streamed to disk and resumed after an interruption."""

from __future__ import annotations

import mmap
import tempfile
from collections.abc import Mapping
from typing import IO, cast

import httpx
import stamina

from sources.kit.contract import RawFile
from sources.kit.http import RETRIED, HttpClient, RetryableResponseError, retry_after_seconds


def download(
    http: HttpClient,
    url: str,
    params: Mapping[str, str | int] | None = None,
    *,
    name: str,
    edition: str | None = None,
) -> RawFile:
    """Download the file at `url`; its content is a memory map of a file on disk.

    A broken connection is resumed at the byte where it broke, if the server supports ranges and
    the file is unchanged; otherwise the download starts again.

    Raises:
        SourceUnavailableError: a status that is not retried, a web page instead of a file, an
            empty file, or no complete file after `http.attempts` attempts.
    """
    with tempfile.TemporaryFile(prefix="pax-download-") as sink:
        marker: dict[str, str] = {}
        try:
            for attempt in stamina.retry_context(
                on=http.backoff, attempts=http.attempts, timeout=None, wait_initial=http.first_wait,
                wait_max=http.longest_wait, wait_jitter=http.first_wait,
            ):  # fmt: skip
                with attempt:
                    final_url = _append(http, url, params, sink, marker)
        except RetryableResponseError as error:
            raise http.unavailable(url, f"{error.why}, after {http.attempts} attempts") from error
        sink.flush()
        if not sink.tell():
            raise http.unavailable(url, "the file is empty")
        # the map outlives the unnamed file and can be sliced like bytes
        content = cast(bytes, mmap.mmap(sink.fileno(), 0, access=mmap.ACCESS_READ))
    return RawFile(name, content, http.redact(final_url), http.clock(), edition)


def _append(
    http: HttpClient,
    url: str,
    params: Mapping[str, str | int] | None,
    sink: IO[bytes],
    marker: dict[str, str],
) -> str:
    """Write the missing bytes; `marker` holds the ETag or date of the file they belong to."""
    headers = {"Accept-Encoding": "identity"}
    if sink.tell() and marker:
        headers |= {"Range": f"bytes={sink.tell()}-", "If-Range": marker["version"]}
    try:
        with http.client.stream("GET", url, params=params, headers=headers) as response:
            _check_response(http, response)
            if response.status_code != 206:
                sink.seek(0)
                sink.truncate()
            version = response.headers.get("ETag") or response.headers.get("Last-Modified")
            marker.update({"version": version} if version else {})
            for block in response.iter_raw():
                sink.write(block)
            return str(response.url)
    except httpx.TransportError as error:
        raise RetryableResponseError(
            f"cut at byte {sink.tell()} ({type(error).__name__}: {error})"
        ) from error


def _check_response(http: HttpClient, response: httpx.Response) -> None:
    place = str(response.url)
    if response.status_code in RETRIED:
        raise RetryableResponseError(
            f"answered {response.status_code}", retry_after_seconds(response, http.clock)
        )
    if response.status_code not in (200, 206):
        raise http.unavailable(place, f"answered {response.status_code}")
    if "text/html" in response.headers.get("Content-Type", "").lower():
        raise http.unavailable(place, "answered with a web page, not a file")
