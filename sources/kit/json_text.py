"""JSON as programs write it: also with NaN, which the standard does not have."""

from __future__ import annotations

import json
import re
from typing import Any

from sources.kit.encodings import marked_encoding
from sources.kit.errors import CorruptFileError

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def load_json(content: bytes, *, source_id: str, place: str, remedy: str = "") -> Any:
    """The decoded JSON; `NaN` is None, and an infinite number is its text, which is no number.

    Raises:
        CorruptFileError: the text is not whole JSON, or nested too deeply.
    """
    encoding = marked_encoding(content[:16]) or "utf-8"
    try:
        text = content.decode(encoding)
        found = json.loads(text, parse_constant=_constant)
        if _SURROGATE.search(text):  # half a character, which no other program accepts
            json.dumps(found, ensure_ascii=False).encode("utf-8")
        return found
    except (ValueError, RecursionError) as error:
        why = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise CorruptFileError(
            source_id, f"the JSON cannot be read: {why}", place=place,
            remedy=remedy or "it may be truncated; download it again",
        ) from error  # fmt: skip


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name
