"""Excerpts of real files as raw files, and their parsed rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from sources.kit.contract import Parsed, RawFile
from sources.usgs_mcs.parse import parse

FIXTURES = Path(__file__).with_name("fixtures")
AT = datetime(2026, 11, 23, tzinfo=UTC)


def raw(name: str, content: bytes | None = None) -> RawFile:
    """A fixture, or `content` under that name."""
    body = (FIXTURES / name).read_bytes() if content is None else content
    return RawFile(name, body, "https://example.org/mcs", AT)


Rows = list[dict[str, Any]]


@pytest.fixture
def parsed() -> Callable[..., list[Parsed]]:
    """Parse fixtures by name."""
    return lambda *names: list(parse([raw(name) for name in names]))


@pytest.fixture
def world(parsed: Callable[..., list[Parsed]]) -> Callable[..., Rows]:
    """The world rows of fixtures of one edition."""
    return lambda *names: parsed(*names)[0].tables["world"].to_pylist()
