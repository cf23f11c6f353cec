"""Acts in a document: what was done or is planned, by whom, when, on what, and where it says so.

Rules only, no guess: an instrument counts when an act's verb stands near it; the nearest cue says
whether it happened, is announced or only considered; the nearest day is its day. A measure without
any day of its own is background, not an act. Nothing here becomes a fact: acts are candidates.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sources.kit.entity_terms import distinct, find_items
from sources.policy_news.actors import Country, countries
from sources.policy_news.dates import Dateline, When, moments
from sources.policy_news.deduplicate import merged
from sources.policy_news.lexicon import Instrument, Lexicon, lexicon
from sources.policy_news.sentences import Sentence, sentences

_NEAR = 90  # characters between an instrument and its verb
_BEFORE_FIRST = 6  # a cue behind the instrument counts as so much farther


@dataclass(frozen=True)
class Act:
    """One act as one sentence tells it; offsets count in the document's text."""

    instrument: str
    kind: str  # pact | meeting | measure | task
    modality: str  # occurred | announced | considered | ongoing
    change: str | None  # suspends | ends | extends
    act_date: date | None
    date_precision: str | None
    effective_date: date | None
    end_date: date | None
    party_ids: tuple[str, ...]
    party_role: str  # party | host | issuer
    target_ids: tuple[str, ...]
    item_labels: tuple[str, ...]
    offset: int
    length: int
    evidence_sha256: str
    score: float


@dataclass(frozen=True)
class Reading:
    """All acts of a document, and how much of it was set aside or only background."""

    acts: tuple[Act, ...]
    n_sentences: int
    n_set_aside: int
    n_background: int


@dataclass
class _Told:
    """What earlier sentences leave for the next ones: who acted last."""

    issuers: tuple[str, ...] = ()
    age: int = field(default=9)


def extract(text: str, bearing: Dateline) -> Reading:
    """The acts that `text` tells of, each once."""
    words, told = lexicon(), _Told()
    acts: list[Act] = []
    n_sentences = n_aside = n_background = 0
    for sentence in sentences(text[bearing.begins :], words):
        n_sentences += 1
        if words.addresses_machine.search(sentence.text):
            n_aside += 1
            continue
        found, background = _acts(replace(sentence, start=sentence.start + bearing.begins),
                                  bearing.day, told, words)  # fmt: skip
        acts += found
        n_background += background
    return Reading(merged(acts), n_sentences, n_aside, n_background)


def _acts(sentence: Sentence, bearing: date, told: _Told, words: Lexicon) -> tuple[list[Act], int]:
    named, days = countries(sentence.text, words), moments(sentence.text, bearing)
    found, background = [], 0
    for instrument, match in _mentions(sentence.text, words):
        act = _act(instrument, match, sentence, bearing, named, days, told, words)
        if act is None:
            background += 1
        else:
            found.append(act)
    actors = tuple(dict.fromkeys(c.id for c in named if c.part == "actor"))
    told.issuers, told.age = (actors, 0) if actors else (told.issuers, told.age + 1)
    return found, background


def _mentions(text: str, words: Lexicon) -> Iterator[tuple[Instrument, re.Match[str]]]:
    """Instruments with a verb near; of overlapping ones the longest, of two pacts that share a
    verb the one nearer to it."""
    spans: list[tuple[Instrument, re.Match[str], re.Match[str]]] = []
    for instrument, pattern in words.instruments:
        for match in pattern.finditer(text):
            if verb := _nearest(words.verbs[instrument.kind], text, match):
                spans.append((instrument, match, verb))
    spans.sort(key=lambda span: (span[1].start() - span[1].end(), span[1].start()))
    kept: list[tuple[Instrument, re.Match[str], re.Match[str]]] = []
    for span in spans:
        if not any(_overlap(span[1], other[1]) for other in kept):
            kept.append(span)
    kept.sort(key=lambda span: _gap(span[1], span[2]))
    shared: set[tuple[str, int]] = set()
    for instrument, match, verb in kept:
        key = (instrument.kind, verb.start())
        if instrument.kind != "pact" or key not in shared:
            shared.add(key)
            yield instrument, match


def _act(
    instrument: Instrument,
    match: re.Match[str],
    sentence: Sentence,
    bearing: date,
    named: Sequence[Country],
    days: Sequence[When],
    told: _Told,
    words: Lexicon,
) -> Act | None:
    text = sentence.text
    modality, cue = _modality(text, match, words)
    if instrument.kind == "task":
        modality = "ongoing"
    said = [when for when in days if _is_of_saying(text, when, words)]
    effects = [w for w in days if w not in said and _ends_with(words.effect, text[: w.start])]
    ends = [w for w in days if w not in said and _ends_with(words.until, text[: w.start])]
    others = [when for when in days if when not in (*said, *effects, *ends)]
    day, precision = _day(modality, match, others)
    effective = _effective(effects[0], text) if effects else None
    if day is None and said and cue and words.saying.fullmatch(cue.group()):
        day, precision = said[0].past, said[0].precision
    if instrument.kind == "measure" and modality == "announced" and said:
        # the day of a planned measure is the day it was told; what lies ahead is its effect
        if effective is None and day is not None and day > bearing:
            effective, day = day, None
        if effective is not None and day is None:
            day, precision = said[0].past, said[0].precision
    if modality == "occurred" and day is not None and day > bearing:
        modality = "announced"
    if instrument.kind == "measure" and day is None and effective is None:
        return None
    if instrument.kind == "meeting" and day is None:
        return None
    if cue is None and instrument.kind != "task":
        return None
    parties, role, targets = _parties(instrument, match, text, named, told)
    items = tuple(sorted(distinct(find_items(text))))
    act = Act(
        instrument.id, instrument.kind, modality, _change(text, match, words, instrument), day,
        precision if day else None, effective, ends[0].future if ends else None, parties, role,
        targets, items, sentence.start, len(text), hashlib.sha256(text.encode()).hexdigest(), 0.0,
    )  # fmt: skip
    return replace(act, score=score(act))


def score(act: Act) -> float:
    """How much of an act was found, 0 to 1: its day, its parties, its items, a sure verb."""
    enough = 2 if act.kind == "pact" else 1
    said = 0.3
    said += 0.25 if act.date_precision == "day" or act.effective_date else 0.1 * bool(act.act_date)
    said += 0.25 if len(act.party_ids) >= enough else 0.1 * bool(act.party_ids)
    said += 0.1 * bool(act.item_labels) + 0.1 * (act.modality in ("occurred", "announced"))
    return round(said, 2)


def _modality(text: str, match: re.Match[str], words: Lexicon) -> tuple[str, re.Match[str] | None]:
    best: tuple[int, str, re.Match[str]] | None = None
    for name, pattern in words.modality:
        for cue in pattern.finditer(text):
            gap = _gap(match, cue)
            if cue.group() == "May" and cue.start():
                continue  # the month
            if gap <= _NEAR and (best is None or gap < best[0]):
                best = (gap, name, cue)
    return (best[1], best[2]) if best else ("announced", None)


def _day(
    modality: str, match: re.Match[str], days: Sequence[When]
) -> tuple[date | None, str | None]:
    if not days:
        return None, None
    nearest = min(days, key=lambda w: max(w.start - match.end(), match.start() - w.end, 0))
    day = nearest.future if modality in ("announced", "considered") else nearest.past
    return day, nearest.precision


def _effective(when: When, text: str) -> date:
    """ "since Friday" is past, "from Friday" is to come."""
    return when.past if re.search(r"\bsince\s+$", text[: when.start], re.I) else when.future


def _parties(
    instrument: Instrument, match: re.Match[str], text: str, named: Sequence[Country], told: _Told
) -> tuple[tuple[str, ...], str, tuple[str, ...]]:
    actors = [c for c in named if c.part == "actor"]
    if instrument.kind == "pact":
        return _ids([c for c in named if c.part in ("actor", "target")]), "party", ()
    if instrument.kind == "meeting":
        host = [c for c in actors if re.search(r"\bhost", text[c.end : c.end + 60], re.I)][:1]
        venue = [c for c in named if c.part == "venue"][:1]
        return _ids(host or venue or actors), "host" if host or venue else "party", ()
    if instrument.kind == "task":
        return _ids(actors), "party", ()
    owner = [c for c in named if c.part == "adjective" and 0 <= match.start() - c.end <= 12]
    first = [c for c in actors if c.start < match.start()] or actors
    others = [c for part in ("speaker", "venue") for c in named if c.part == part]
    earlier = told.issuers[:1] if told.age <= 1 else ()
    issuers = _ids(owner[:1] or first[:1] or others[:1]) or earlier
    targets = [c for c in named if c.part in ("target", "object") and c.id not in issuers]
    return issuers, "issuer", _ids(targets)


def _change(text: str, match: re.Match[str], words: Lexicon, instrument: Instrument) -> str | None:
    if instrument.kind != "measure":
        return None
    near = text[max(0, match.start() - 60) : match.end() + 40]
    return next((name for name, pattern in words.changes if pattern.search(near)), None)


def _is_of_saying(text: str, when: When, words: Lexicon) -> bool:
    """ "said on Thursday", "on Thursday announced": the day of the words, not of the act."""
    before = re.sub(
        r"\s*\b(?:late|early|here|in a statement)?\s*(?:on)?\s*$", "", text[: when.start]
    )
    if _ends_with(words.saying, before):
        return True
    following = words.saying.match(text[when.end :].lstrip(" ,"))
    return following is not None


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    tail = before[-30:].rstrip()
    return any(found.end() == len(tail) for found in pattern.finditer(tail))


def _nearest(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> re.Match[str] | None:
    near = [verb for verb in pattern.finditer(text) if _gap(match, verb) <= _NEAR]
    return min(near, key=lambda verb: _gap(match, verb), default=None)


def _gap(match: re.Match[str], other: re.Match[str]) -> int:
    behind = other.start() - match.end()
    return behind + _BEFORE_FIRST if behind >= 0 else max(match.start() - other.end(), 0)


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _ids(found: Sequence[Country]) -> tuple[str, ...]:
    return tuple(sorted({c.id for c in found}))
