"""An inbox in object storage: `PAX_INBOX_URI/<source>/<file>` is copied to `inbox/<source>/`.

From there files land as those that a person put there. An object is copied once; again when its
size or its time changes.
"""

from __future__ import annotations

from pathlib import Path

import orjson

from orchestration.defs.environment import inbox_uri
from sources.kit.catalog import catalog
from sources.kit.leftovers import is_leftover, is_unfinished
from warehouse.paths import DataPaths
from warehouse.storage.atomic_write import write_atomic
from warehouse.storage.object_store import ObjectStore, ObjectStoreError


def fetch_inbox(paths: DataPaths) -> str:
    """Copy what is new; why nothing could be copied, or an empty text."""
    uri = inbox_uri()
    if not uri:
        return ""
    try:
        store = ObjectStore.at(uri)
        for key, stored in store.objects().items():
            target, facts = paths.inbox / key, [stored.size, stored.mtime_ns]
            # one of that name waits to land first
            if is_file_of_a_source(key) and _fetched(paths).get(key) != facts:
                if target.exists():
                    continue
                store.fetch(key, stored, target)
                _record(paths, key, facts)
    except ObjectStoreError as error:
        return f"{error.place}: {error.what}"
    return ""


def is_file_of_a_source(key: str) -> bool:
    """Whether a key names a complete file in the folder of a source."""
    source_id, _, name = key.partition("/")
    return source_id in catalog() and not is_leftover(name) and not is_unfinished(name)


def _state(paths: DataPaths) -> Path:
    return paths.inbox / ".objects.json"


def _fetched(paths: DataPaths) -> dict[str, list[int]]:
    try:
        found: dict[str, list[int]] = orjson.loads(_state(paths).read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return {}
    return found


def _record(paths: DataPaths, key: str, facts: list[int]) -> None:
    """After the copy: a kill in between copies the object again, and it lands as unchanged."""
    write_atomic(_state(paths), orjson.dumps({**_fetched(paths), key: facts}))
