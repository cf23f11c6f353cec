"""A sealed copy of a release in object storage, and `current.json`, which names it.

    PREFIX/releases/<release_id>/…   the files of the release under their own names
    PREFIX/current.json              which release is current, written last

A file is copied unless an object of its hash is there, and read back. `manifest.json` follows the
files that it lists: where it is, the copy is whole. A copy that was killed leaves `current.json`
as it was, and the next one goes on where it ended.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from warehouse.release.failpoint import failpoint
from warehouse.release.manifest import FILE_NAME as MANIFEST
from warehouse.release.manifest import has_own_hash
from warehouse.release.registry import integrity_errors
from warehouse.storage.object_store import ObjectStore, ObjectStoreError

CURRENT = "current.json"
FORMAT = 1
#: Objects that are copied at once; each waits for the network most of the time.
_WORKERS = 8

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class ReleaseCopy:
    """What was copied; the files that were there with their hash are `n_present`."""

    release_id: str
    place: str
    n_copied: int
    n_present: int
    note: str = ""

    @property
    def summary(self) -> str:
        """One sentence for a person."""
        done = (
            f"{self.place} has {self.release_id}: {self.n_copied} files copied,"
            f" {self.n_present} were there"
        )
        return f"{done}; {self.note}" if self.note else done


def copy_release(folder: Path, uri: str, on_progress: Progress | None = None) -> ReleaseCopy:
    """Copy the sealed release in `folder` below `uri`, verify it, then make it current there.

    Args:
        on_progress: is told the number of files that are there, and of all.
    Raises:
        ObjectStoreError: the release is damaged, or cannot be written or read there.
    """
    if wrong := integrity_errors(folder):
        raise ObjectStoreError(
            f"the release is damaged: {wrong[0]}", place=str(folder),
            remedy="`pax publish --rollback` activates the one before, `pax run --force` makes a "
            "new one",
        )  # fmt: skip
    local = (folder / MANIFEST).read_bytes()
    manifest = json.loads(local)
    store, release_id = ObjectStore.at(uri), manifest["release_id"]
    base = f"releases/{release_id}"
    sealed = _sealed(store, release_id)
    if sealed is not None and sealed != local:
        # the same marts with other times of the run: a release that is there is never changed
        _require_whole(store, base, json.loads(sealed))
        copied, n_present = 0, len(json.loads(sealed)["files"])
        note = "another build of the same marts was there and stays"
    else:
        copied, n_present = _copy_files(
            store, folder, base, manifest["files"], on_progress, is_sealed=sealed is not None
        )
        failpoint("objects_copied")
        if sealed is None:
            store.write(f"{base}/{MANIFEST}", local)
        sealed, note = local, ""
    failpoint("object_manifest_written")
    pointer = _pointer(json.loads(sealed), sealed)
    if store.read(CURRENT) != pointer:
        store.write(CURRENT, pointer)
    return ReleaseCopy(release_id, store.uri, copied, n_present, note)


def verify_copy(uri: str) -> tuple[str, list[str]]:
    """The release that is current below `uri`, and what is wrong with it, one line each; every
    object is read.

    Raises:
        ObjectStoreError: it cannot be read, or there is no `current.json`.
    """
    store = ObjectStore.at(uri)
    raw = store.read(CURRENT)
    if raw is None:
        raise ObjectStoreError(
            f"there is no {CURRENT}", place=store.uri, remedy=f"`pax publish --to {store.uri}`"
        )
    try:
        pointer = json.loads(raw)
        release_id, base, expected = (
            pointer[name] for name in ("release_id", "path", "manifest_sha256")
        )
    except (ValueError, KeyError) as error:
        raise ObjectStoreError(
            f"{CURRENT} cannot be read: {error}", place=store.uri,
            remedy=f"`pax publish --to {store.uri}` writes it again",
        ) from None  # fmt: skip
    content = store.read(f"{base}/{MANIFEST}")
    if content is None or hashlib.sha256(content).hexdigest() != expected:
        return release_id, [f"{MANIFEST} is missing or not the one that {CURRENT} names"]
    files, there = json.loads(content)["files"], _sizes(store, base)
    names = sorted(files)
    with ThreadPoolExecutor(_WORKERS) as pool:
        wrong = pool.map(lambda name: _problem(store, base, name, files[name], there), names)
        return release_id, [line for line in wrong if line]


def _problem(
    store: ObjectStore, base: str, name: str, entry: Mapping[str, Any], there: Mapping[str, int]
) -> str:
    key = f"{base}/{name}"
    if key not in there:
        return f"{name} is missing"
    if there[key] != entry["bytes"]:
        return f"{name} has {there[key]} bytes instead of {entry['bytes']}"
    if store.sha256_of(key) != entry["sha256"]:
        return f"{name} differs from its hash in the manifest"
    return ""


def _sizes(store: ObjectStore, base: str) -> dict[str, int]:
    """Bytes of what is there of a release, by key."""
    return {key: stored.size for key, stored in store.objects(base).items()}


def _sealed(store: ObjectStore, release_id: str) -> bytes | None:
    """The manifest of a copy that is whole; None where there is none, or it was changed."""
    content = store.read(f"releases/{release_id}/{MANIFEST}")
    try:
        is_own = content is not None and has_own_hash(json.loads(content))
    except (ValueError, AttributeError):
        return None
    return content if is_own else None


def _require_whole(store: ObjectStore, base: str, manifest: Mapping[str, Any]) -> None:
    there = _sizes(store, base)
    wrong = [n for n, e in manifest["files"].items() if there.get(f"{base}/{n}") != e["bytes"]]
    if wrong:
        raise ObjectStoreError(
            f"another build of this release is there, without {wrong[0]}",
            place=store.place(base), remedy="remove that folder, then publish again",
        )  # fmt: skip


def _copy_files(
    store: ObjectStore,
    folder: Path,
    base: str,
    files: Mapping[str, Mapping[str, Any]],
    on_progress: Progress | None,
    *,
    is_sealed: bool,
) -> tuple[int, int]:
    """Copy what is not there; the numbers of files that were copied and that were there.

    The objects of a sealed copy have been read back, so that their size is enough.
    """
    there = _sizes(store, base)

    def copy(name: str) -> bool:
        key, entry = f"{base}/{name}", files[name]
        is_present = there.get(key) == entry["bytes"] and (
            is_sealed or store.sha256_of(key) == entry["sha256"]
        )
        if not is_present:
            store.upload(folder / name, key)
            if store.sha256_of(key) != entry["sha256"]:
                raise ObjectStoreError(
                    "an object differs from the file that was copied", place=store.place(key),
                    remedy="publish again; if it stays so, check the storage",
                )  # fmt: skip
            failpoint("object_copied")
        return is_present

    n_present = 0
    with ThreadPoolExecutor(_WORKERS) as pool:
        try:
            for number, is_present in enumerate(pool.map(copy, sorted(files)), 1):
                n_present += is_present
                if on_progress:
                    on_progress(number, len(files))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    return len(files) - n_present, n_present


def _pointer(manifest: Mapping[str, Any], content: bytes) -> bytes:
    """`current.json`: relative paths, so that a bucket can be mirrored."""
    base = f"releases/{manifest['release_id']}"
    body = {
        "format": FORMAT,
        "release_id": manifest["release_id"],
        "path": base,
        "parquet": f"{base}/parquet",
        "manifest": f"{base}/{MANIFEST}",
        "manifest_sha256": hashlib.sha256(content).hexdigest(),
        "as_of_date": manifest["as_of_date"],
        "as_known_on": manifest["as_known_on"],
        "built_at": manifest["built_at"],
    }
    return (json.dumps(body, indent=1) + "\n").encode()
