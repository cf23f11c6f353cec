"""`make picture`: the picture of the README, of the first page of the current release."""

from __future__ import annotations

import subprocess
import sys
import tempfile

from tests.browser import CHROMIUM
from warehouse.paths import PROJECT, DataPaths

PICTURE = PROJECT / "docs" / "report.png"
SIZE = (1200, 1500)


def main() -> int:
    """Photograph the page; 1 where there is no release or no browser."""
    page = DataPaths.at().current / "report" / "index.html"
    if CHROMIUM is None or not page.is_file():
        print("no Chromium on this machine" if CHROMIUM is None else f"there is no page {page}")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        subprocess.run(
            [CHROMIUM, "--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars",
             "--disable-dev-shm-usage", f"--user-data-dir={scratch}/profile",
             "--blink-settings=preferredColorScheme=1", "--virtual-time-budget=5000",
             f"--window-size={SIZE[0]},{SIZE[1]}", f"--screenshot={PICTURE}",
             page.resolve().as_uri()],
            check=True, timeout=120, capture_output=True,
        )  # fmt: skip
    print(PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
