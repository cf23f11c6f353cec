"""The minerals and goods that a sentence is about: not those in a proper name ("Pax Silica")."""

from __future__ import annotations

import re

from sources.kit.entity_terms import TermMatch, find_items

_NAME_BEFORE = re.compile(r"(?<![.!?\n] )\b[A-Z][a-z]+\s+[\"“']?$")
_NAME_AFTER = re.compile(r"\s+(?:[A-Z][a-z]+|Inc|Ltd)\b")


def find_named_items(text: str) -> list[TermMatch]:
    """The items in `text`, without those that are a part of a capitalised name."""
    return [match for match in find_items(text) if not _is_part_of_name(text, match)]


def _is_part_of_name(text: str, match: TermMatch) -> bool:
    word = text[match.start : match.end]
    if not word[0].isupper() or word.isupper() or " " in word:
        return False
    before = _NAME_BEFORE.search(text[max(0, match.start - 30) : match.start])
    return bool(before or _NAME_AFTER.match(text[match.end :]))
