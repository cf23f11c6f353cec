"""`releases.atom`: a feed of the releases of a data directory, newest first, with what changed.

The format is Atom (RFC 4287). A feed reader, or a job that compares the first entry's id, notices a
new release without asking the warehouse.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from xml.etree import ElementTree

from warehouse.paths import DataPaths
from warehouse.release.registry import releases
from warehouse.storage.atomic_write import write_atomic

NAMESPACE = "http://www.w3.org/2005/Atom"
_LONGEST = 20_000  # characters of CHANGES.md in an entry


def renew_feed(paths: DataPaths) -> None:
    """`write_feed` after `current` was set, which stands whatever becomes of the feed."""
    with suppress(OSError):  # a full disk; the next publication writes it
        write_feed(paths)


def write_feed(paths: DataPaths) -> None:
    """Write the feed of all releases that are there; addresses are relative to the feed.

    Raises:
        PublishError: `current` is not a symlink.
        OSError: the feed could not be written; the old one stays.
    """
    ElementTree.register_namespace("", NAMESPACE)
    feed = ElementTree.Element(f"{{{NAMESPACE}}}feed")
    found = releases(paths)
    _add(feed, "id", "urn:pax-silica:releases")
    _add(feed, "title", "Releases of the Pax Silica warehouse")
    _add(_add(feed, "author"), "name", "Pax Silica warehouse")
    _add(feed, "updated", found[0].built_at if found else datetime.now(UTC).isoformat())
    for release in found:
        entry = _add(feed, "entry")
        _add(entry, "id", f"urn:pax-silica:release:{release.release_id}")
        _add(entry, "updated", release.built_at)
        state = " (current)" if release.is_current else ""
        _add(entry, "title", f"Release {release.release_id}{state}, as of {release.as_of_date}")
        folder = f"releases/{release.release_id}"
        _add(entry, "link", rel="alternate", type="text/html", href=f"{folder}/report/index.html")
        _add(entry, "link", rel="related", type="text/markdown", href=f"{folder}/CHANGES.md")
        changes = (release.folder / "CHANGES.md").read_text(encoding="utf-8")
        _add(entry, "content", changes[:_LONGEST], type="text")
    content: bytes = ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True)
    write_atomic(paths.feed, content)


def _add(
    parent: ElementTree.Element, tag: str, text: str | None = None, **attributes: str
) -> ElementTree.Element:
    child = ElementTree.SubElement(parent, f"{{{NAMESPACE}}}{tag}", attributes)
    child.text = text
    return child
