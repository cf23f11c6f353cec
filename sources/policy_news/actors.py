"""The role of each country in a sentence: actor, target or context.

Names and acronyms are actors unless the words before them decide otherwise ("dependence on
China"); an adjective with an office is one, too ("the Japanese ambassador"); a capital is one only
as a subject. Names of persons are skipped.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from sources.kit.entity_terms import TermMatch, find_countries, find_institutions
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
    """A country in a sentence with its offsets.

    `part` is actor, speaker, adjective, object, venue, target or context.
    """

    id: str
    part: str
    start: int
    end: int


def classify_countries(
    text: str, lexicon: Lexicon, in_document: frozenset[str] | None = None
) -> list[Country]:
    """Each country named in `text` with its role, ministries and agencies included.

    `in_document` are the countries that the whole text names; an institution whose name several
    countries use counts only for one of them.
    """
    found: list[Country] = []
    for match in _matches(text, in_document):
        if _is_person(text, match, lexicon):
            continue
        found.append(Country(match.id, _part(text, match, found, lexicon), match.start, match.end))
    return found


def _matches(text: str, in_document: frozenset[str] | None) -> list[TermMatch]:
    named = find_countries(text, KINDS)
    kept = []
    for match, is_ambiguous in find_institutions(text):
        length = match.end - match.start
        if any(m.start <= match.start and match.end <= m.end and m.end - m.start > length
               for m in named):  # fmt: skip
            continue  # a part of a longer name
        # "Thailand's Ministry of Commerce", "the Dutch House of Representatives"
        owner = next((m for m in named if 0 <= match.start - m.end <= 3), None)
        if owner:
            match = replace(match, id=owner.id)
        elif is_ambiguous and match.id not in (in_document or ()):
            continue
        kept.append(match)
    outside = (m for m in named if not any(i.start < m.end and m.start < i.end for i in kept))
    return sorted([*kept, *outside], key=lambda match: match.start)


def _part(text: str, match: TermMatch, before: list[Country], lexicon: Lexicon) -> str:
    lead = text[max(0, match.start - _LOOK_BACK) : match.start]
    if match.kind == "institution":
        is_context = _ends_with(lexicon.context, lead) or _is_negated(text, match, lexicon)
        return "context" if is_context else "actor"
    # members of a list share the role of the first
    if before and before[-1].part in ("context", "target", "venue"):
        between = text[before[-1].end : match.start]
        if _LIST.fullmatch(between) and between.strip():
            return before[-1].part
    if _ends_with(lexicon.context, lead) or _is_negated(text, match, lexicon):
        return "context"
    if match.kind in ("acronym", "name"):
        following = re.match(r"(?:\s+[\w’'-]+){1,2}", text[match.end :])
        if following and lexicon.objects.search(following.group()):
            return "object"
    if match.kind == "capital":
        return _part_of_capital(text, match, lead)
    if match.kind == "adjective":
        if _is_role(text, match, lexicon):
            return (
                "speaker" if lexicon.speaking.search(text[match.end : match.end + 60]) else "actor"
            )
        following = re.match(r"(?:\s+[\w’'-]+){1,2}", text[match.end :])
        if following and lexicon.objects.search(following.group()):
            return "object"
        return "target" if _ends_with(lexicon.targets, lead) else "adjective"
    if _VENUE.search(lead):
        return "venue"
    return "target" if _ends_with(lexicon.targets, lead) else "actor"


def _part_of_capital(text: str, match: TermMatch, lead: str) -> str:
    if _VENUE.search(lead) or re.search(r"\b(?:from|to|of|on)\s+$", lead, re.I):
        return "venue"
    follows = text[match.end :]
    is_subject = _AFTER_CAPITAL.match(follows) and not follows.lstrip()[:1].isupper()
    return "actor" if is_subject else "venue"


def _is_role(text: str, match: TermMatch, lexicon: Lexicon) -> bool:
    """Whether an office follows within three words, as in "South Korean deputy minister"."""
    following = re.match(r"(?:\s+[\w’'-]+){1,3}", text[match.end :])
    return bool(following and lexicon.roles.search(following.group()))


def _is_negated(text: str, match: TermMatch, lexicon: Lexicon) -> bool:
    clause = re.split(r"[,;.:]", text[max(0, match.start - _NEGATED) : match.start])[-1]
    return bool(lexicon.negation.search(clause) or _REFUSED.match(text[match.end :]))


def _ends_with(pattern: re.Pattern[str], lead: str) -> bool:
    """Whether `pattern` is directly before, except for an article or a filler word."""
    trimmed = re.sub(
        r"\s+(?:the|all|any|goods|shipments?|exports?|imports?|products|sales|to)?\s*$", "", lead
    )
    without = re.sub(r"\s+the\s*$", "", lead).rstrip()
    return any(
        found.end() == len(candidate)
        for candidate in (lead.rstrip(), trimmed.rstrip(), without)
        for found in pattern.finditer(candidate)
    )


def _is_person(text: str, match: TermMatch, lexicon: Lexicon) -> bool:
    """Whether the name is part of another, as in "Michael Jordan" or "Latin America"."""
    if re.search(r"\b(?:Latin|South|Central|North|Native|Pan)[ -]$", text[: match.start][-8:]):
        return True
    if text[match.start : match.end] not in lexicon.also_people:
        return False
    before = re.search(rf"\b(?!{_LINKS})([A-Z][a-z]+)\s+$", text[: match.start])
    after = re.match(r"\s+[A-Z][a-z]+\b", text[match.end :])
    return bool(before or after)
