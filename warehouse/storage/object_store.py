"""Object storage by its URI: `s3://bucket/prefix`, `gs://…` of Google, `abfss://…` of Azure.

Credentials come from where the providers' own tools find them (environment variables, the user's
files, the role of the machine). A URI with credentials is refused: it would end up in logs.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs

import pyarrow as pa
import pyarrow.fs as pafs

from sources.kit.secrets import redact_secrets

NOT_FOUND = pafs.FileType.NotFound
#: Bytes that are read or written at once.
_CHUNK = 8 << 20
#: What a URI may set: the server, where it is not the provider's own.
_OPTIONS = frozenset({"endpoint_override", "region", "scheme"})
_URI = re.compile(
    r"(?P<scheme>s3|gs|abfss)://(?P<place>[^/?]+)/*(?P<prefix>[^?]*)(\?(?P<options>.*))?"
)

_CREDENTIALS = (
    "credentials come from the environment (AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or the "
    "provider's own), its files or the machine's role; the user needs to list, read and write there"
)
#: What the providers' libraries write, and what to do; the first that fits counts.
_REMEDIES = {
    "NO_SUCH_BUCKET": ("there is no such bucket", "create it, or correct its name"),
    "ContainerNotFound": ("there is no such container", "create it, or correct its name"),
    "ACCESS_DENIED": ("access is refused", _CREDENTIALS),
    "INVALID_ACCESS_KEY_ID": ("the key is not known there", _CREDENTIALS),
    "SIGNATURE_DOES_NOT_MATCH": ("the key is refused", _CREDENTIALS),
    "HTTP status 403": ("access is refused", _CREDENTIALS),
    "Forbidden": ("access is refused", _CREDENTIALS),
    "credential": ("there are no credentials", _CREDENTIALS),
    "NETWORK_CONNECTION": (
        "it cannot be reached",
        "check the network and, for a server of your own, AWS_ENDPOINT_URL",
    ),
}


class ObjectStoreError(Exception):
    """Object storage could not be read or written; `remedy` states what to do."""

    def __init__(self, what: str, *, place: str = "", remedy: str = "") -> None:
        self.what, self.place, self.remedy = redact_secrets(what), place, remedy
        then = f"\n  What to do: {remedy}" if remedy else ""
        super().__init__(f"{self.what} ({place}){then}")


def is_object_uri(text: str) -> bool:
    """Whether a command's argument names object storage and not a file of this machine."""
    return "://" in text


@dataclass(frozen=True)
class StoredObject:
    """Bytes and time of an object; the time is 0 where the store has none."""

    size: int
    mtime_ns: int


@dataclass(frozen=True)
class ObjectStore:
    """What lies below one URI; keys are relative to it."""

    uri: str
    filesystem: pafs.FileSystem
    root: str

    @classmethod
    def at(cls, uri: str) -> ObjectStore:
        """Open it; `?endpoint_override=`, `region=` and `scheme=` name another server than the
        provider's, as AWS_ENDPOINT_URL does.

        Raises:
            ObjectStoreError: the URI cannot be read or holds credentials, or the provider of the
                bucket cannot be reached.
        """
        found = _URI.fullmatch(uri)
        if found is None:
            # the URI is not repeated: it may hold credentials
            raise ObjectStoreError(
                "the address of the object storage cannot be read",
                place=uri.partition("://")[0] + "://…",
                remedy="write s3://bucket/prefix, gs://bucket/prefix or "
                "abfss://container@account.dfs.core.windows.net/prefix",
            )
        scheme, place, prefix = found["scheme"], found["place"], found["prefix"].rstrip("/")
        options = found["options"] or ""
        account = place.rpartition("@")[0]
        if (account and (scheme != "abfss" or ":" in account)) or not parse_qs(
            options
        ).keys() <= _OPTIONS:
            raise ObjectStoreError(
                "the address holds credentials, or an option that is not known",
                place=f"{scheme}://…",
                remedy=f"leave them out: {_CREDENTIALS}; options: {', '.join(sorted(_OPTIONS))}",
            )
        shown = f"{scheme}://{place}/{prefix}".rstrip("/")
        with object_store_errors(shown):
            # the prefix is left out: a key is plain text, a URI is encoded
            filesystem, root = pafs.FileSystem.from_uri(
                f"{scheme}://{place}" + (f"?{options}" if options else "")
            )
        return cls(shown, filesystem, "/".join(filter(None, [root.rstrip("/"), prefix])))

    def place(self, key: str = "") -> str:
        """The address of a key, for messages."""
        return f"{self.uri}/{key}".rstrip("/")

    def read(self, key: str) -> bytes | None:
        """The bytes of an object; None where there is none.

        Raises:
            ObjectStoreError: it cannot be read.
        """
        with object_store_errors(self.place(key)):
            try:
                with self.filesystem.open_input_stream(self._path(key)) as stream:
                    content: bytes = stream.read()
            except FileNotFoundError:
                return None
        return content

    def sha256_of(self, key: str) -> str:
        """The hash of an object's bytes, which are read for it.

        Raises:
            ObjectStoreError: it cannot be read.
        """
        digest = hashlib.sha256()
        with (
            object_store_errors(self.place(key)),
            self.filesystem.open_input_stream(self._path(key)) as stream,
        ):
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()

    def write(self, key: str, content: bytes) -> None:
        """Replace an object by one request: a reader gets the old bytes or the new ones.

        Raises:
            ObjectStoreError: it could not be written; what was there is unchanged.
        """
        with (
            object_store_errors(self.place(key)),
            self.filesystem.open_output_stream(self._path(key)) as stream,
        ):
            stream.write(content)

    def upload(self, path: Path, key: str) -> None:
        """Copy a file to an object, which appears when it is whole.

        Raises:
            ObjectStoreError: it could not be written.
            OSError: the file cannot be opened.
        """
        with (
            path.open("rb") as file,
            object_store_errors(self.place(key)),
            self.filesystem.open_output_stream(self._path(key)) as stream,
        ):
            while chunk := file.read(_CHUNK):
                stream.write(chunk)

    def objects(self, prefix: str = "") -> dict[str, StoredObject]:
        """Every object below `prefix` by its key, in order; empty where there is none.

        Raises:
            ObjectStoreError: it cannot be listed, or there is no such bucket.
        """
        selector = pafs.FileSelector(self._path(prefix), recursive=True, allow_not_found=True)
        with object_store_errors(self.place(prefix)):
            found = self.filesystem.get_file_info(selector)
            bucket = self.root.partition("/")[0]
            if not found and self.filesystem.get_file_info([bucket])[0].type == NOT_FOUND:
                raise ObjectStoreError(
                    "there is no such bucket",
                    place=self.uri,
                    remedy="create it, or correct its name",
                )
        return {
            one.path.removeprefix(f"{self.root}/"): StoredObject(one.size, one.mtime_ns or 0)
            for one in sorted(found, key=lambda one: one.path)
            if one.type == pafs.FileType.File
        }

    def download(self, folder: Path) -> list[Path]:
        """Copy the object of this URI, or all below it as one folder, into `folder`, with their
        times; the file or the folder.

        Raises:
            ObjectStoreError: there is none, or it cannot be read.
        """
        target = folder / self.root.rpartition("/")[2]
        with object_store_errors(self.uri):
            (one,) = self.filesystem.get_file_info([self.root])
        if one.type == pafs.FileType.File:
            self.fetch("", StoredObject(one.size, one.mtime_ns or 0), target)
            return [target]
        found = self.objects()
        if not found:
            raise ObjectStoreError(
                "there is no such object, and none below it", place=self.uri,
                remedy="check the bucket and the key",
            )  # fmt: skip
        for key, stored in found.items():
            self.fetch(key, stored, target / key)
        return [target]

    def fetch(self, key: str, stored: StoredObject, target: Path) -> None:
        """Copy one object to a file, which appears when it is whole, with the object's time.

        Raises:
            ObjectStoreError: it cannot be read, or its key leads out of the folder.
            OSError: the file cannot be written.
        """
        if ".." in key.split("/"):
            raise ObjectStoreError("the key leads out of its folder", place=self.place(key))
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name}.{os.getpid()}.tmp")
        try:
            with (
                beside.open("wb") as file,
                object_store_errors(self.place(key)),
                self.filesystem.open_input_stream(self._path(key)) as stream,
            ):
                while chunk := stream.read(_CHUNK):
                    file.write(chunk)
            if stored.mtime_ns:
                os.utime(beside, ns=(stored.mtime_ns, stored.mtime_ns))
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)

    def _path(self, key: str) -> str:
        return f"{self.root}/{key}".rstrip("/")


@contextmanager
def object_store_errors(place: str) -> Iterator[None]:
    """Turn errors of the providers' libraries into one that names the place and the next step.

    Raises:
        ObjectStoreError: the block could not read or write.
    """
    try:
        yield
    except (OSError, pa.ArrowException) as error:
        text = str(error).strip()
        what, remedy = next(
            (known for sign, known in _REMEDIES.items() if sign in text),
            ("it cannot be read or written", "check the address, the network and the rights"),
        )
        lines = text.splitlines()
        # not `from error`: its text may repeat a key
        raise ObjectStoreError(
            f"object storage: {what}: {lines[0][:300] if lines else ''}", place=place, remedy=remedy
        ) from None
