"""The audit of the locked packages: a vulnerability fails it, a database out of reach does not.

Runs `make audit` with the real client against a server on loopback.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable

import pytest

from tests.architecture.repository import ROOT
from tests.sources.fake_publisher import Request, Response, serve

pytestmark = pytest.mark.skipif(
    shutil.which("make") is None or not (ROOT / ".tools/bin/uv").is_file(),
    reason="needs make and the uv of `make setup`",
)


def database(vulnerable: str) -> Callable[[Request], Response]:
    """The responses of a database in which one package has a vulnerability."""
    advisory = {"id": "TEST-1", "modified": "2026-01-01T00:00:00Z"}

    def respond(request: Request) -> Response:
        if not request.body:
            return Response(json.dumps(advisory | {"summary": "a test"}).encode())
        names = [query["package"]["name"] for query in json.loads(request.body)["queries"]]
        found = [{"vulns": [advisory]} if name == vulnerable else {} for name in names]
        return Response(json.dumps({"results": found}).encode())

    return respond


def audit(address: str) -> subprocess.CompletedProcess[str]:
    command = ["make", "-s", "audit", f"ARGS=--service-url {address}"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_a_vulnerability_fails() -> None:
    with serve(database("agate")) as address:
        done = audit(address)
    assert done.returncode != 0
    assert "agate" in done.stdout
    assert "TEST-1" in done.stdout


def test_without_a_vulnerability_it_passes() -> None:
    with serve(database("")) as address:
        done = audit(address)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no known vulnerabilities" in done.stdout


def test_a_database_out_of_reach_is_reported_and_fails_nothing() -> None:
    done = audit("http://127.0.0.1:9")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "AUDIT NOT DONE" in done.stdout
