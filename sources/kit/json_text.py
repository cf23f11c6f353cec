"""JSON as programs write it: also with NaN, which the standard does not have."""

from __future__ import annotations

import json
from typing import Any

from sources.kit.encodings import marked_encoding
from sources.kit.errors import CorruptFileError


def load_json(content: bytes, *, source_id: str, place: str, remedy: str = "") -> Any:
    """The decoded JSON; `NaN` is None, and an infinite number is its text, which is no number.

    Raises:
        CorruptFileError: the text is not whole JSON, or nested too deeply.
    """
    encoding = marked_encoding(content[:16]) or "utf-8"
    try:
        return json.loads(content.decode(encoding), parse_constant=_constant)
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CorruptFileError(
            source_id, f"the JSON cannot be read: {why}", place=place,
            remedy=remedy or "it may be truncated; download it again",
        ) from error  # fmt: skip


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name
