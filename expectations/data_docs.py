"""Data Docs that open without a network: rendered by Great Expectations, their links rewritten."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import great_expectations as gx

# what a stored result names by its type has to be registered before it is read
from expectations import actions as _actions
from expectations import shared_expectations as _shared_expectations
from expectations.context import PROJECT_YML
from warehouse.paths import DataPaths

__all__ = ["_actions", "_shared_expectations", "localize", "write_data_docs"]

VENDOR = Path(__file__).with_name("vendor")
SITE = "release"
#: What the pages load from elsewhere, by a part of its address: a file of `VENDOR`, or
#: nothing where the pages do not need it.
LOCAL_FILES = {
    "/bootstrap-table.min.css": "vendor/css/bootstrap-table.min.css",
    "/bootstrap-table.min.js": "vendor/js/bootstrap-table.min.js",
    "/bootstrap-table-filter-control.css": "vendor/css/bootstrap-table-filter-control.min.css",
    "/bootstrap-table-filter-control.min.css": "vendor/css/bootstrap-table-filter-control.min.css",
    "/bootstrap-table-filter-control.min.js": "vendor/js/bootstrap-table-filter-control.min.js",
    "/bootstrap.min.css": "vendor/css/bootstrap.min.css",
    "/bootstrap.min.js": "vendor/js/bootstrap.min.js",
    "/bootstrap-datepicker.min.css": "vendor/css/bootstrap-datepicker.min.css",
    "/bootstrap-datepicker.min.js": "vendor/js/bootstrap-datepicker.min.js",
    "/bootstrap-prefers-dark.css": "vendor/css/bootstrap-prefers-dark.min.css",
    "/font-awesome/": "vendor/css/fontawesome.min.css",
    "/jquery-": "vendor/js/jquery.min.js",
    "/popper.min.js": "vendor/js/popper.min.js",
    "/vega": None,
}
_TAG = re.compile(
    r"<script[^>]*\ssrc=\"(https?://[^\"]+)\"[^>]*>\s*</script>"
    r"|<link[^>]*\shref=\"(https?://[^\"]+)\"[^>]*>"
)
_LOGO = re.compile(r"https://great-expectations-web-assets[^\"')\s]+")


def write_data_docs(paths: DataPaths, folder: Path) -> None:
    """Render the stored validation results into `folder`, with what the pages load beside them.

    Raises:
        FileNotFoundError: no checkpoint has run in this data directory.
    """
    root = paths.great_expectations
    if not (root / PROJECT_YML.name).is_file():
        raise FileNotFoundError(f"no checkpoint has run: {root} has no project")
    rendered = root / "data_docs"
    shutil.rmtree(rendered, ignore_errors=True)
    gx.get_context(mode="file", context_root_dir=root).build_data_docs(site_names=[SITE])
    unused = shutil.ignore_patterns("*.gif")
    shutil.copytree(rendered, folder, dirs_exist_ok=True, ignore=unused)
    shutil.copytree(VENDOR, folder / "static" / "vendor")
    for page in folder.rglob("*.html"):
        static = "../" * (len(page.relative_to(folder).parts) - 1) + "static/"
        text = page.read_text(encoding="utf-8").replace(str(paths.data_dir), "$PAX_HOME")
        page.write_text(localize(text, static), encoding="utf-8")


def localize(html: str, static: str) -> str:
    """The page with every script, style sheet and image taken from `static`, a relative folder.

    What `LOCAL_FILES` does not name stays as it is; the tests open the pages and find it.
    """

    def tag(found: re.Match[str]) -> str:
        part = next((part for part in LOCAL_FILES if part in (found[1] or found[2])), None)
        if part is None:
            return found[0]
        local = LOCAL_FILES[part]
        if local is None:
            return ""
        if found[1]:
            return f'<script src="{static}{local}"></script>'
        return f'<link rel="stylesheet" href="{static}{local}">'

    return _LOGO.sub(f"{static}images/logo-long.png", _TAG.sub(tag, html))
