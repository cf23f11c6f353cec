"""An S3-compatible server for the tests, in a process of its own on 127.0.0.1."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pyarrow.fs as pafs

SECRET = "c4n4ry+s3cret/for=tests"
#: It ends with the tests: nothing is left to read then.
_SERVE = (
    "import sys; from moto.server import ThreadedMotoServer\n"
    "server = ThreadedMotoServer('127.0.0.1', 0, verbose=False); server.start()\n"
    "print(server.get_host_and_port(), flush=True); sys.stdin.read()\n"
)


@dataclass(frozen=True)
class ObjectServer:
    """A server with an empty bucket `bucket`; each test uses a prefix of its own."""

    url: str

    @property
    def environment(self) -> dict[str, str]:
        """What a person sets to use it."""
        return {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    @property
    def filesystem(self) -> pafs.S3FileSystem:
        return pafs.S3FileSystem(
            access_key="tests", secret_key=SECRET, endpoint_override=self.url, region="us-east-1",
            allow_bucket_creation=True,
        )  # fmt: skip

    def put(self, key: str, content: bytes) -> None:
        with self.filesystem.open_output_stream(f"bucket/{key}") as stream:
            stream.write(content)

    def get(self, key: str) -> bytes:
        with self.filesystem.open_input_stream(f"bucket/{key}") as stream:
            content: bytes = stream.read()
        return content

    def keys(self, prefix: str) -> set[str]:
        selector = pafs.FileSelector(f"bucket/{prefix}", recursive=True, allow_not_found=True)
        found = self.filesystem.get_file_info(selector)
        return {
            one.path.removeprefix(f"bucket/{prefix}/")
            for one in found
            if one.type == pafs.FileType.File
        }


@contextmanager
def run_object_server() -> Iterator[ObjectServer]:
    """A new server, ended at the end."""
    with subprocess.Popen(
        [sys.executable, "-c", _SERVE], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        host, port = re.findall(r"[\d.]+", process.stdout.readline())
        server = ObjectServer(f"http://{host}:{port}")
        try:
            server.filesystem.create_dir("bucket")
            yield server
        finally:
            process.kill()
