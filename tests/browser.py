"""Pages in a headless browser, for tests of what they show and what they request."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import warnings
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import unquote

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


#: Presses every button for a CSV file and keeps what would be saved.
_PRESS = """<script>
(async () => {
    const saved = {};
    let name = "";
    URL.createObjectURL = (blob) => { saved[name] = blob.text(); return "#"; };
    HTMLAnchorElement.prototype.click = () => {};
    for (const button of document.querySelectorAll("button[id$=csv]")) {
        name = button.id;
        button.click();
    }
    for (const id of Object.keys(saved)) saved[id] = await saved[id];
    const place = document.createElement("script");
    place.type = "application/json";
    place.id = "saved";
    place.textContent = encodeURIComponent(JSON.stringify(saved));
    document.body.append(place);
})();
</script>"""


def with_script(page: Path, copy: Path, script: str) -> Path:
    """A copy of a page with one more script, without the policy that would refuse it."""
    text = re.sub(
        r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page.read_text(encoding="utf-8")
    )
    head, tail = text.rsplit("</body>", 1)
    copy.write_text(f"{head}{script}</body>{tail}", encoding="utf-8")
    return copy


def json_in(dom: str, name: str) -> Any:
    """What a script of `with_script` left in the page under this id."""
    found = re.search(rf'id="{name}">([^<]*)<', dom)
    assert found, f"{name}: the script did not finish"
    return json.loads(unquote(unescape(found[1])))


def saved_csv(folder: Path, page: Path, fragment: str = "") -> dict[str, str]:
    """The CSV files that a page's buttons save, by the button's id."""
    dom, _, _ = in_chromium(
        folder, with_script(page, folder / "pressed.html", _PRESS), fragment=fragment
    )
    found: dict[str, str] = json_in(dom, "saved")
    return found
