"""Split a text into sentences: agency texts omit the space after a full stop, and U.S. has two.

A line break ends a sentence unless the line was wrapped (`join_wrapped_lines`): in a paragraph of
one width, the first word of the next line would not have fitted. Sentences are at most
`MAX_LENGTH` characters, so that the work on a sentence is bounded and that on a document grows with
its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from sources.policy_news.lexicon import Lexicon

MAX_LENGTH = 800
#: Widths at which texts are wrapped; longer lines are paragraphs of their own.
WRAP_WIDTHS = range(40, 131)
#: In a wrapped paragraph most lines are at least so long, as a share of the longest.
LONG_SHARE = 0.6

_BOUNDARY = re.compile(
    r"(?P<line>\n+)"
    r"|(?P<stop>[.!?]+)(?P<close>[\"'”’)\]]*)(?P<gap>[^\S\n]*)(?=(?P<next>[\"“‘'(\[]?[A-Z0-9]))"
)
#: A sentence that goes on in the next line, which a heading or an item of a list does not.
_BROKEN_LINE = re.compile(r"(?<=[a-z]{3})\n(?=[a-z]+ [a-z])")
_LAST_WORD = re.compile(r"[A-Za-z]+(?:\.[A-Za-z]+)*$")
_NEXT_WORD = re.compile(r"[\"“‘'(\[]?([A-Za-z]+(?:\.[A-Za-z])*)")
_WORD_LENGTH = 40
_BREAK = re.compile(r"[;,]\s|\s")


@dataclass(frozen=True)
class Sentence:
    """The text from an offset of the document on."""

    start: int
    text: str


def split_sentences(text: str, lexicon: Lexicon) -> Iterator[Sentence]:
    """The sentences of `text` with their offsets; the text itself is not changed."""
    start = 0
    for match in _BOUNDARY.finditer(text):
        if match["line"] or _is_end(text, start, match, lexicon):
            end = match.end() if match["line"] else match.end("close")
            yield from _sentences(text, start, end)
            start = end
    yield from _sentences(text, start, len(text))


def join_wrapped_lines(text: str) -> str:
    """`text` of the same length, with the breaks inside wrapped paragraphs as blanks."""
    parts = []
    for block in re.split(r"(\n\s*\n)", text):
        lines = block.split("\n")
        width = max(map(len, lines))
        if len(lines) == 1 or width not in WRAP_WIDTHS:
            parts.append(_BROKEN_LINE.sub(" ", block))
            continue
        n_long = sum(len(line) >= LONG_SHARE * width for line in lines)
        is_prose = len(lines) >= 4 and n_long >= LONG_SHARE * len(lines)
        for line, following in pairwise(lines):
            first_word = following.split(" ", 1)[0]
            is_full = bool(first_word) and len(line) + 1 + len(first_word) > width
            goes_on = line[-1:] not in '.!?:;"”'
            is_long = is_prose and len(line) >= LONG_SHARE * width
            is_wrapped = is_full or (goes_on and (following[:1].islower() or is_long))
            parts += [line, " " if is_wrapped else "\n"]
        parts.append(lines[-1])
    return "".join(parts)


def _is_end(text: str, start: int, match: re.Match[str], lexicon: Lexicon) -> bool:
    if match["stop"] != ".":
        return True
    last = _LAST_WORD.search(text, max(start, match.start() - _WORD_LENGTH), match.start())
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
    is_acronym = len(word) > 1 and word.isupper() and begins[1:2].islower()
    is_word = word[-1:].islower() or is_acronym
    return is_word and begins[:1].isupper() and not match["next"][-1].isdigit()


def _sentences(text: str, start: int, end: int) -> Iterator[Sentence]:
    while end - start > MAX_LENGTH:
        at = start
        for found in _BREAK.finditer(text, start, start + MAX_LENGTH):
            at = found.end()
        at = at if at > start else start + MAX_LENGTH
        yield from _sentence(text, start, at)
        start = at
    yield from _sentence(text, start, end)


def _sentence(text: str, start: int, end: int) -> Iterator[Sentence]:
    piece = text[start:end]
    stripped = piece.strip()
    if stripped:
        yield Sentence(start + piece.index(stripped[0]), stripped)
