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

    A text with an object on each line, as some programs write a table, is a list of these.

    Raises:
        CorruptFileError: the text is not whole JSON, or nested too deeply.
    """
    encoding = marked_encoding(content[:16]) or "utf-8"
    try:
        text = content.decode(encoding).lstrip("\ufeff")  # also a second mark
        first = text.lstrip().split("\n", 2)[:2]
        if len(first) == 2 and all(map(_is_object, first)):
            lines = filter(str.strip, text.split("\n"))
            found = [json.loads(line, parse_constant=_constant) for line in lines]
        else:
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


def _is_object(line: str) -> bool:
    """Whether a line is a whole object; a response in one line has no other below it."""
    line = line.strip()
    return line.startswith("{") and line.endswith("}")


def _constant(name: str) -> str | None:
    return None if name == "NaN" else name
