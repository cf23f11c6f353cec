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
    """Copy what is new; what could not be copied and why, or an empty text."""
    uri = inbox_uri()
    if not uri:
        return ""
    try:
        store = ObjectStore.at(uri)
        objects = store.objects()
    except ObjectStoreError as error:
        return f"{error.place}: {error.what}"
    failures = []
    for key, stored in objects.items():
        target, facts = paths.inbox / key, [stored.size, stored.mtime_ns]
        # one of that name waits to land first
        if not is_file_of_a_source(key) or _fetched(paths).get(key) == facts or target.exists():
            continue
        try:
            store.fetch(key, stored, target)
        except ObjectStoreError as error:
            failures.append(f"{error.place}: {error.what}")
        except OSError as error:
            failures.append(f"{store.place(key)}: cannot be copied: {error.strerror or error}")
        else:
            _record(paths, key, facts)
    return "; ".join(failures)


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
