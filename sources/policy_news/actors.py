"""Who acts, who is aimed at, and who is only context, among the countries a sentence names.

Names and acronyms are parties unless what stands before them says otherwise ("dependence on
China"), a role makes an adjective one ("the Japanese ambassador"), a capital acts only as a
subject. Persons are nobody's party.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from sources.kit.entity_terms import TermMatch, find_countries
from sources.policy_news.lexicon import Lexicon

KINDS = ("name", "acronym", "adjective", "capital")
_LIST = re.compile(r"\s*(?:,|and|or|,\s*and|&)?\s*(?:the\s+)?")
_VENUE = re.compile(r"\b(?:in|at|near|outside|inside|visit(?:ed)? to|flew to)\s+(?:the\s+)?$", re.I)
_AFTER_CAPITAL = re.compile(r"\s*(?:,|and|or|on\s+\w+day)?\s*[a-zA-Z]")
_REFUSED = re.compile(r"\s+(?:did not|does not|has not|was not|is not|refused|declined)\b", re.I)
_LINKS = r"(?:In|On|The|And|From|To|With|For|Both|While|As|But|Of|At|When|If)\b"
_LOOK_BACK, _NEGATED = 40, 45


@dataclass(frozen=True)
class Country:
    """A country at a place of a sentence; `part` is actor, speaker, adjective, object, venue,
    target or context."""

    id: str
    part: str
    start: int
    end: int


def countries(text: str, words: Lexicon) -> list[Country]:
    """Each country named in `text` with its part."""
    found: list[Country] = []
    for hit in find_countries(text, KINDS):
        if _is_person(text, hit, words):
            continue
        found.append(Country(hit.id, _part(text, hit, found, words), hit.start, hit.end))
    return found


def _part(text: str, hit: TermMatch, before: list[Country], words: Lexicon) -> str:
    lead = text[max(0, hit.start - _LOOK_BACK) : hit.start]
    # what is true of the first of a list is true of the next
    if before and before[-1].part in ("context", "target"):
        between = text[before[-1].end : hit.start]
        if _LIST.fullmatch(between) and between.strip():
            return before[-1].part
    if _ends_with(words.context, lead) or _is_negated(text, hit, words):
        return "context"
    if hit.kind == "capital":
        return _part_of_capital(text, hit, lead)
    if hit.kind == "adjective":
        if _is_role(text, hit, words):
            return "speaker" if words.speaking.search(text[hit.end : hit.end + 60]) else "actor"
        following = re.match(r"(?:\s+[\w’'-]+){1,2}", text[hit.end :])
        if following and words.objects.search(following.group()):
            return "object"
        return "target" if _ends_with(words.targets, lead) else "adjective"
    if _VENUE.search(lead):
        return "venue"
    return "target" if _ends_with(words.targets, lead) else "actor"


def _part_of_capital(text: str, hit: TermMatch, lead: str) -> str:
    if _VENUE.search(lead) or re.search(r"\b(?:from|to|of|on)\s+$", lead, re.I):
        return "venue"
    follows = text[hit.end :]
    is_subject = _AFTER_CAPITAL.match(follows) and not follows.lstrip()[:1].isupper()
    return "actor" if is_subject else "venue"


def _is_role(text: str, hit: TermMatch, words: Lexicon) -> bool:
    """A role within the next three words: "Japanese Ambassador", "South Korean deputy minister"."""
    following = re.match(r"(?:\s+[\w’'-]+){1,3}", text[hit.end :])
    return bool(following and words.roles.search(following.group()))


def _is_negated(text: str, hit: TermMatch, words: Lexicon) -> bool:
    clause = re.split(r"[,;.:]", text[max(0, hit.start - _NEGATED) : hit.start])[-1]
    return bool(words.negation.search(clause) or _REFUSED.match(text[hit.end :]))


def _ends_with(pattern: re.Pattern[str], lead: str) -> bool:
    """`pattern` stands directly before, but for an article or a filler."""
    trimmed = re.sub(
        r"\s+(?:the|all|any|goods|shipments?|exports?|imports?|products|sales|to)?\s*$", "", lead
    )
    without = re.sub(r"\s+the\s*$", "", lead).rstrip()
    return any(
        found.end() == len(candidate)
        for candidate in (lead.rstrip(), trimmed.rstrip(), without)
        for found in pattern.finditer(candidate)
    )


def _is_person(text: str, hit: TermMatch, words: Lexicon) -> bool:
    """ "Michael Jordan", "Chad Smith": a name that a given name precedes or a surname follows."""
    if text[hit.start : hit.end] not in words.also_people:
        return False
    before = re.search(rf"\b(?!{_LINKS})([A-Z][a-z]+)\s+$", text[: hit.start])
    after = re.match(r"\s+[A-Z][a-z]+\b", text[hit.end :])
    return bool(before or after)
