"""`docs/benchmarks.md`: each benchmark replaces its own section and leaves the others."""

from __future__ import annotations

import os
import platform
import re
from datetime import date

from warehouse.paths import PROJECT
from warehouse.storage.machine import usable_cores

PAGE = PROJECT / "docs" / "benchmarks.md"


def machine() -> str:
    """The day, and the machine of a measurement."""
    gib = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1024**3
    return (
        f"{date.today()}, {platform.machine()}, {usable_cores()} cores, {gib:.0f} GiB, "
        f"Python {platform.python_version()}"
    )


def write_section(heading: str, text: str) -> None:
    """Put `text` below `## heading`, up to the next heading of that level.

    Raises:
        ValueError: the page has no such section.
    """
    page = PAGE.read_text(encoding="utf-8")
    section = re.compile(rf"(^## {re.escape(heading)}\n).*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if not section.search(page):
        raise ValueError(f"{PAGE.name} has no section {heading}")
    replaced = section.sub(lambda found: f"{found[1]}\n{text.strip()}\n\n", page)
    PAGE.write_text(replaced.rstrip("\n") + "\n", encoding="utf-8")
