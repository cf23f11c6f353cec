"""Split a text into sentences: agency texts omit the space after a full stop, and U.S. has two."""

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
    """The text from an offset of the document on."""

    start: int
    text: str


def split_sentences(text: str, lexicon: Lexicon) -> Iterator[Sentence]:
    """The sentences of `text` with their offsets; the text itself is not changed."""
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["blank"] or _is_end(text[start : match.start()], match, text, lexicon):
            end = match.end() if match["blank"] else match.end("close")
            yield from _sentence(text, start, end)
            start = end
    yield from _sentence(text, start, len(text))


def _is_end(before: str, match: re.Match[str], text: str, lexicon: Lexicon) -> bool:
    if match["stop"] != ".":
        return True
    last = _LAST_WORD.search(before)
    word = last.group() if last else ""
    following = _NEXT_WORD.match(text, match.end("gap"))
    begins = following[1] if following else ""
    is_short = word in lexicon.abbreviations or (len(word) == 1 and word.isupper())
    if is_short:
        # "in the U.S. The ministry": a sentence ends only before a word that begins sentences
        return bool(match["gap"]) and "." in word and begins in lexicon.starters
    if match["gap"]:
        return True
    # without a space a number (3.5) or a URL (state.gov) continues
    return word[-1:].islower() and begins[:1].isupper() and not match["next"][-1].isdigit()


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        yield Sentence(start + piece.index(stripped[0]), stripped)
