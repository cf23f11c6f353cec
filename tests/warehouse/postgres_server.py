"""A PostgreSQL server for the tests: its own data folder, a Unix socket, no port."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import dbapi

USER = "pax"


def server_binaries() -> Path | None:
    """The folder of the newest `initdb`; None where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@dataclass(frozen=True)
class Server:
    """One server; its folder is short, since the path of a socket is at most 107 bytes."""

    binaries: Path
    folder: Path

    @property
    def dsn(self) -> str:
        return f"postgresql:///postgres?host={self.folder}&user={USER}"

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c fsync=off -c max_connections=30"
        log = self.folder / "log"
        self.command("pg_ctl", "-D", "data", "-w", "-l", str(log), "-o", options, "start")

    def stop(self) -> None:
        self.command("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")

    def command(self, name: str, *words: str) -> None:
        # the server refuses to run as root
        owner = self.folder.owner() if os.geteuid() == 0 else None
        subprocess.run(
            [str(self.binaries / name), *words],
            cwd=self.folder, user=owner, check=True, timeout=120,
            stdout=subprocess.DEVNULL, extra_groups=[] if owner else None,
        )  # fmt: skip


@contextmanager
def run_server(binaries: Path) -> Iterator[Server]:
    """A new server, stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pax_pg_"))
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    server = Server(binaries, folder)
    try:
        server.command("initdb", "-D", "data", "-U", USER, "--auth=trust", "--no-sync", "-E",
                        "UTF8", "--locale=C.UTF-8")  # fmt: skip
        server.start()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(folder, ignore_errors=True)


def server_or_skip() -> Iterator[Server]:
    """A running server for a fixture; without binaries its tests are skipped with a warning."""
    binaries = server_binaries()
    if binaries is None:
        warnings.warn("no PostgreSQL server binaries: publication is not tested", stacklevel=1)
        pytest.skip("no PostgreSQL server binaries")
    with run_server(binaries) as running:
        yield running


def ask(server: Server, *statements: str) -> list[tuple[Any, ...]]:
    """The rows of the last statement, after a commit."""
    rows: list[tuple[Any, ...]] = []
    with dbapi.connect(server.dsn) as connection:
        for statement in statements:
            with connection.cursor() as cursor:
                cursor.execute(statement)
                rows = list(cursor.fetchall()) if cursor.description else []
        connection.commit()
    return rows


def schemas(server: Server) -> list[str]:
    """The schemas of releases, former and loading ones included."""
    sql = "select nspname from pg_namespace where nspname ~ '^(marts|analysis)' order by 1"
    return [name for (name,) in ask(server, sql)]
