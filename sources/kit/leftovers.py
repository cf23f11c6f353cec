"""Files without figures: what file managers, browsers and editors leave behind, and documents."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_NAMES = frozenset({"thumbs.db", "desktop.ini", "ehthumbs.db", "icon\r"})
#: What editors call the version before the last, and what they hold open.
_BACKUPS = ("~", ".bak", ".orig", ".swp", ".swo")
_FOLDERS = frozenset({"__macosx", "$recycle.bin", "@eadir", "__pycache__"})
_DOCUMENTS = (".pdf", ".doc", ".docx", ".odt", ".rtf", ".md")
#: A text is about the data by its name; a table only as metadata.
_ABOUT = re.compile(
    r"(?:read[ _-]?me|licen[cs]es?|copying|notice|changelog)(?![a-z])[^.]*(?:\.(?:txt|rst|html?))?"
    r"|.*(?<![a-z])metadata(?![a-z]).*"
)
#: Endings that browsers and copying programs give to a file that is not complete yet.
UNFINISHED = (
    ".crdownload", ".part", ".partial", ".download", ".filepart", ".tmp", ".opdownload", ".!ut",
    ".aria2", ".temp",
)  # fmt: skip


def is_leftover(path: str) -> bool:
    """Whether a path in a folder or archive is hidden or made by a program of the desktop."""
    parts = PurePosixPath(path.replace("\\", "/")).parts
    if not parts:
        return True
    *folders, name = parts
    if any(folder.lower() in _FOLDERS or _is_hidden(folder) for folder in folders):
        return True
    is_made = name.lower() in _NAMES or name.lower().endswith(_BACKUPS)
    return is_made or name.startswith("~$") or _is_hidden(name)


def is_document(path: str) -> bool:
    """Whether a file in a folder or archive is about the data, by its name: a readme, a licence,
    metadata, or a text for people."""
    name = PurePosixPath(path.replace("\\", "/")).name.lower()
    return name.endswith(_DOCUMENTS) or bool(_ABOUT.fullmatch(name))


def is_unfinished(name: str) -> bool:
    """Whether a file is still being downloaded or copied, by its ending."""
    return name.lower().endswith(UNFINISHED)


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name not in (".", "..")
