"""Pages in a headless browser, for tests of what they show and what they request."""

from __future__ import annotations

import re
import shutil
import subprocess
import warnings
from pathlib import Path

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")


def in_chromium(folder: Path, page: Path, *flags: str, fragment: str = "") -> tuple[str, str, str]:
    """A page in Chromium: its DOM, its console output, and its network log.

    Args:
        fragment: what follows the # of the address.
    """
    if CHROMIUM is None:
        why = "no Chromium on this machine: the page was not rendered by a browser"
        warnings.warn(why, stacklevel=2)
        pytest.skip(why)
    net = folder / "net.json"
    done = subprocess.run(
        [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
         "--disable-background-networking", "--no-first-run", "--disable-component-update",
         "--disable-sync", f"--user-data-dir={folder / 'profile'}", f"--log-net-log={net}",
         "--enable-logging=stderr", "--virtual-time-budget=5000", *flags, "--dump-dom",
         page.as_uri() + (f"#{fragment}" if fragment else "")],
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    return done.stdout, done.stderr, net.read_text(errors="replace")


def page_requests(net_log: str) -> list[str]:
    """Requests that a document started; the browser's own requests have no origin."""
    return re.findall(r'"initiator":"(?!not an origin)[^"]*".{0,300}', net_log)
