"""Sentences as places in a text: wires lose the space after a full stop, and U.S. has two."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from sources.policy_news.lexicon import Lexicon

_BOUNDARY = re.compile(
    r"(?P<blank>\n\s*\n)|(?P<stop>[.!?]+)(?P<close>[\"'”’)\]]*)(?P<gap>\s*)(?=(?P<next>[\"“‘'(]?[A-Z0-9]))"
)
_LAST_WORD = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)*$")
_NEXT_WORD = re.compile(r"[\"“‘'(]?([A-Za-z]+(?:\.[A-Za-z])*)")


@dataclass(frozen=True)
class Sentence:
    """Text between two offsets of the document."""

    start: int
    text: str


def sentences(text: str, words: Lexicon) -> Iterator[Sentence]:
    """The sentences of `text` with their offsets; nothing of the text is changed."""
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["blank"] or _is_end(text[start : match.start()], match, text, words):
            end = match.end() if match["blank"] else match.end("close")
            yield from _sentence(text, start, end)
            start = end
    yield from _sentence(text, start, len(text))


def _is_end(before: str, match: re.Match[str], text: str, words: Lexicon) -> bool:
    if match["stop"] != ".":
        return True
    last = _LAST_WORD.search(before)
    word = last.group() if last else ""
    following = _NEXT_WORD.match(text, match.end("gap"))
    begins = following[1] if following else ""
    is_short = word in words.abbreviations or (len(word) == 1 and word.isupper())
    if is_short:
        # "in the U.S. The ministry": only a word that opens sentences says so
        return bool(match["gap"]) and "." in word and begins in words.starters
    if match["gap"]:
        return True
    # no space: a figure (3.5) or an address (state.gov) goes on, a word and a capital do not
    return word[-1:].islower() and begins[:1].isupper() and not match["next"][-1].isdigit()


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        yield Sentence(start + piece.index(stripped[0]), stripped)
