"""Cues around an instrument: whether it happened, what it changes, what is denied."""

from __future__ import annotations

import re
from functools import lru_cache

from sources.kit.entity_terms import TermMatch
from sources.policy_news.acts import Act
from sources.policy_news.items import find_named_items
from sources.policy_news.lexicon import Lexicon

NEAR = 90  # characters between an instrument and its verb
_PENALTY_AFTER = 6  # a cue after the instrument counts as this much farther away
PENALTY_CLAUSE = 15  # and one beyond the end of a clause as this much
_OTHER_CLAUSE = re.compile(r";|\b(?:following|after|similar to|which|although|while|whereas)\b")
_EXPORTS = re.compile(r"\b(?:exports?|exporting|shipments?|shipping)\b", re.IGNORECASE)
_DENIED_AFTER = re.compile(
    r"(?:(?!\b(?:because|which|that|and|but|as)\b)[^,.;:]){0,60}"
    r"\b(?:are|is|was|were|has|have|had|will|would|did|does|do) not\b"
    r"|[^,.;:]{0,20}\b(?:would|could) have\b",
    re.IGNORECASE,
)
#: "extended the licence requirements to any entity": wider, not longer.
_WIDENS = re.compile(r"[^;]{0,70}\bto (?:any|all|cover|include|entities|companies|other)\b", re.I)
_GOVERNS = re.compile(
    r" of |[^.;,]{0,45}\b(?:rules?|orders?|measures?|announcements?|regulations?)\b"
    r"(?! (?:on|to|of))",
    re.IGNORECASE,
)
#: ", which was due to expire on 10 November, has been extended": not between the two.
_ASIDE = re.compile(
    r",\s+(?:which|originally|first|initially|announced|imposed|introduced|in place)\b"
    r"(?:[^,]|,(?= \d{4})){0,120},"
)
#: "voted to extend the current antidumping order".
_CHANGES_CURRENT = re.compile(
    r"\b(?:extend|suspend|lift|renew|prolong|eas|tighten|expand|revok|repeal)\w*"
    r" (?:the |its |an? )?"
    r"(?:earlier|previous|existing|current)\s+$",
    re.IGNORECASE,
)
_IF_DONE = re.compile(r"\b[a-z]+ing (?:the |its |an? )?$", re.IGNORECASE)
_OF_BEFORE = re.compile(r"\b(?:earlier|previous|existing|current)\s+$", re.IGNORECASE)
_DONE_BY = re.compile(
    r"\b(?:issued|signed|invoked|adopted|approved|passed|published|enacted|took|introduced)"
    r" (?:an? |the |its )?(?:[\w-]+ ){0,2}"
    r"(?:measures?|orders?|decrees?|rules?|notices?|laws?|regulations?|steps?|amendments?) $",
    re.IGNORECASE,
)
_PASSIVE_PRESENT = re.compile(r"\b(?:are|is) (?:also |now )?$", re.IGNORECASE)
_OPEN = re.compile(
    r"\b(?:seek(?:s|ing)? (?:public )?comments?|soliciting|proposed|proposes)\b", re.I
)


def modality_of(
    text: str, match: re.Match[str], lexicon: Lexicon
) -> tuple[str, re.Match[str] | None]:
    """Whether the instrument occurred, is announced or considered, and the cue for it."""
    best: tuple[int, str, re.Match[str]] | None = None
    for name, pattern in lexicon.modality:
        for cue in matches_in(pattern, text):
            gap = clause_gap(text, match, cue, lexicon)
            if cue.group() == "May" and cue.start():
                continue  # the month
            if name == "considered" and overlap(match, cue):
                continue  # "the bill", which was passed
            before = text[max(0, cue.start() - 12) : cue.start()]
            if cue.group().lower().startswith("to ") and (
                before.endswith("agreed ") or _DONE_BY.search(text[: cue.start()][-80:])
            ):
                continue  # "agreed to suspend" and "invoked a measure to tighten" are done
            if cue.start() >= match.end() and name == "considered" and before.endswith("to "):
                continue  # "a summit to discuss"
            if (
                name == "occurred"
                and cue.group().endswith("ed")
                and _PASSIVE_PRESENT.search(before)
            ):
                continue  # "controls are imposed on": a rule, not an act
            is_near = gap_between(match, cue) <= NEAR or cue.end() <= match.start()
            if is_near and (best is None or gap < best[0]):
                best = (gap, name, cue)
    if best is None:
        return "announced", None
    opening = _OPEN.search(text, 0, match.start())
    if opening and not text[: opening.start()].endswith("been "):
        return "considered", best[2]
    return best[1], best[2]


def change_of(
    text: str,
    match: re.Match[str],
    referred: Act | None,
    lexicon: Lexicon,
    *,
    suspends_exports: bool = False,
) -> str | None:
    """What is done to an earlier measure; empty where the text leaves several open.

    `referred` is the act that the match ("the ban", "the move") speaks of. In a document that
    suspends exports "the suspension" is a ban, elsewhere a measure is suspended.
    """
    found: list[tuple[int, str, re.Match[str]]] = []
    for name, pattern in lexicon.changes:
        for cue in matches_in(pattern, text):
            is_inside = overlap(cue, match) and name != "reaffirms"
            is_ban = suspends_exports or _EXPORTS.search(match.group())
            if is_inside and not referred and is_ban:
                continue  # "suspension of exports" is a ban
            if suspends_exports and name == "suspends":
                continue
            gap = 0 if is_inside else clause_gap(text, match, cue, lexicon)
            # "the suspension of its rule called ..." governs what the rule is about
            governs = cue.end() <= match.start() and bool(_GOVERNS.match(text, cue.end()))
            limit = 30 if name == "reaffirms" else NEAR * (1 + governs)
            if gap <= limit:
                found.append((gap, name, cue))
    if _WIDENS.match(text, match.end()):
        found = [one for one in found if one[1] != "extends"]
    extending = [one for one in found if one[1] == "extends"]
    if any(0 < other[2].start() - one[2].end() < NEAR for one in extending for other in found
           if other[1] == "suspends"):  # fmt: skip
        found = extending  # "extended the pause"
    nearest_cue = min(found, key=lambda one: one[0]) if found else None
    if referred:
        if not found and re.search(r"(?:measure|change|move|decision|rule|order|step|action"
                                   r"|announcement)s?$", match.group(), re.I):  # fmt: skip
            return referred.change
        if nearest_cue and nearest_cue[2].group().lower() in ("suspension", "halt", "freeze"):
            return referred.change if referred.change == "suspends" else None
    if nearest_cue is None:
        return None
    names = {name for _, name, _ in found}
    if len(names) > 1 and re.search(r"\b(?:or|whether)\b", text):
        return ""
    return nearest_cue[1]


def is_denied(text: str, match: re.Match[str], lexicon: Lexicon) -> bool:
    """Whether the clause of the instrument denies it, asks for it, answers it or looks back."""
    clause = re.split(r"[;:.]\s|,\s", text[max(0, match.start() - 2 * NEAR) : match.start()])[-1]
    before, after = text[: match.start()], text[match.end() : match.end() + 10]
    if _DENIED_AFTER.match(text, match.end()) or (
        _OF_BEFORE.search(before[-12:]) and not _CHANGES_CURRENT.search(before[-40:])
    ):
        return True
    if _IF_DONE.search(before[-30:]) and re.match(r"\s+(?:would|could)\b", after):
        return True  # "removing the duties would harm producers"
    return bool(lexicon.denial.search(clause + text[match.start() : match.end()]))


def items_near(text: str, match: re.Match[str]) -> list[TermMatch]:
    """The items of the instrument's clause, else of the sentence."""
    items = find_named_items(text)
    ends = [0, *(end.start() for end in _OTHER_CLAUSE.finditer(text)), len(text)]
    begin = max(end for end in ends if end <= match.start())
    stop = min(end for end in ends if end >= match.end())
    return [item for item in items if begin <= item.start < stop] or items


def nearest(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> re.Match[str] | None:
    """The match of `pattern` closest to `match`, if one is near."""
    near = [verb for verb in matches_in(pattern, text) if gap_between(match, verb) <= NEAR]
    return min(near, key=lambda verb: gap_between(match, verb), default=None)


@lru_cache(maxsize=64)
def matches_in(pattern: re.Pattern[str], text: str) -> tuple[re.Match[str], ...]:
    """The matches in one sentence, which each of its instruments asks for."""
    return tuple(pattern.finditer(text))


def clause_gap(text: str, match: re.Match[str], cue: re.Match[str], lexicon: Lexicon) -> int:
    """The distance of a cue, with a penalty for each end of a clause between."""
    between = text[match.end() : cue.start()] or text[cue.end() : match.start()]
    aside = _ASIDE.search(between)
    if aside:
        between = between[: aside.start()] + between[aside.end() :]
    n_ends = sum(1 for _ in lexicon.clause_ends.finditer(between[:200]))
    n_aside = aside.end() - aside.start() if aside else 0
    return gap_between(match, cue) - n_aside + PENALTY_CLAUSE * n_ends


def gap_between(match: re.Match[str], other: re.Match[str]) -> int:
    """The characters between two matches; one that follows is a little farther away."""
    after = other.start() - match.end()
    return after + _PENALTY_AFTER if after >= 0 else max(match.start() - other.end(), 0)


def overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    """Whether two matches share a character."""
    return one.start() < other.end() and other.start() < one.end()
