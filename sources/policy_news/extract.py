"""Extract acts from a document: what was done or planned, by whom, when and on what.

Rules only: an instrument counts when a verb of its kind is near it; the nearest cue decides
whether it occurred, is announced or only considered; the nearest date is its date. A measure
without a date is background, not an act. Acts are candidates for review, not facts.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from sources.kit.entity_terms import distinct_ids, find_items
from sources.policy_news.actors import Country, classify_countries
from sources.policy_news.dates import Dateline, DateMention, find_date_mentions
from sources.policy_news.deduplicate import merge_acts
from sources.policy_news.lexicon import Instrument, Lexicon, load_lexicon
from sources.policy_news.sentences import Sentence, split_sentences

_NEAR = 90  # characters between an instrument and its verb
_PENALTY_AFTER = 6  # a cue after the instrument counts as this much farther away


@dataclass(frozen=True)
class Act:
    """One act with its evidence; offsets refer to the document's text."""

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
class Extraction:
    """All acts of a document, and the number of sentences set aside or only background."""

    acts: tuple[Act, ...]
    n_sentences: int
    n_set_aside: int
    n_background: int


@dataclass
class _Context:
    """The countries that acted last, for sentences that name none."""

    issuers: tuple[str, ...] = ()
    age: int = field(default=9)


def extract(text: str, dateline: Dateline) -> Extraction:
    """The distinct acts of `text`, whose date is `dateline`."""
    lexicon, context = load_lexicon(), _Context()
    acts: list[Act] = []
    n_sentences = n_aside = n_background = 0
    for sentence in split_sentences(text[dateline.begins :], lexicon):
        n_sentences += 1
        if lexicon.addresses_machine.search(sentence.text):
            n_aside += 1
            continue
        found, background = _acts(replace(sentence, start=sentence.start + dateline.begins),
                                  dateline.day, context, lexicon)  # fmt: skip
        acts += found
        n_background += background
    return Extraction(merge_acts(acts), n_sentences, n_aside, n_background)


def _acts(
    sentence: Sentence, document_date: date, context: _Context, lexicon: Lexicon
) -> tuple[list[Act], int]:
    named, days = (
        classify_countries(sentence.text, lexicon),
        find_date_mentions(sentence.text, document_date),
    )
    found, background = [], 0
    for instrument, match in _mentions(sentence.text, lexicon):
        act = _act(instrument, match, sentence, document_date, named, days, context, lexicon)
        if act is None:
            background += 1
        else:
            found.append(act)
    actors = tuple(dict.fromkeys(c.id for c in named if c.part == "actor"))
    context.issuers, context.age = (actors, 0) if actors else (context.issuers, context.age + 1)
    return found, background


def _mentions(text: str, lexicon: Lexicon) -> Iterator[tuple[Instrument, re.Match[str]]]:
    """Instruments with a verb nearby.

    Of overlapping instruments the longest, of two pacts that share a verb the nearer one.
    """
    spans: list[tuple[Instrument, re.Match[str], re.Match[str]]] = []
    for instrument, pattern in lexicon.instruments:
        for match in pattern.finditer(text):
            if verb := _nearest(lexicon.verbs[instrument.kind], text, match):
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
    document_date: date,
    named: Sequence[Country],
    days: Sequence[DateMention],
    context: _Context,
    lexicon: Lexicon,
) -> Act | None:
    text = sentence.text
    modality, cue = _modality(text, match, lexicon)
    if instrument.kind == "task":
        modality = "ongoing"
    stated = [day for day in days if _is_statement_date(text, day, lexicon)]
    effects = [d for d in days if d not in stated and _ends_with(lexicon.effect, text[: d.start])]
    ends = [d for d in days if d not in stated and _ends_with(lexicon.until, text[: d.start])]
    others = [day for day in days if day not in (*stated, *effects, *ends)]
    day, precision = _day(modality, match, others)
    effective = _effective(effects[0], text) if effects else None
    if day is None and stated and cue and lexicon.saying.fullmatch(cue.group()):
        day, precision = stated[0].past, stated[0].precision
    if instrument.kind == "measure" and modality == "announced" and stated:
        # the date of a planned measure is its announcement; a future date is its effect
        if effective is None and day is not None and day > document_date:
            effective, day = day, None
        if effective is not None and day is None:
            day, precision = stated[0].past, stated[0].precision
    if modality == "occurred" and day is not None and day > document_date:
        modality = "announced"
    if instrument.kind == "measure" and day is None and effective is None:
        return None
    if instrument.kind == "meeting" and day is None:
        return None
    if cue is None and instrument.kind != "task":
        return None
    parties, role, targets = _parties(instrument, match, text, named, context)
    items = tuple(sorted(distinct_ids(find_items(text))))
    act = Act(
        instrument.id, instrument.kind, modality, _change(text, match, lexicon, instrument), day,
        precision if day else None, effective, ends[0].future if ends else None, parties, role,
        targets, items, sentence.start, len(text), hashlib.sha256(text.encode()).hexdigest(), 0.0,
    )  # fmt: skip
    return replace(act, score=score(act))


def score(act: Act) -> float:
    """How complete an act is, 0 to 1: its date, its parties, its items, a certain verb."""
    n_parties = 2 if act.kind == "pact" else 1
    total = 0.3
    total += 0.25 if act.date_precision == "day" or act.effective_date else 0.1 * bool(act.act_date)
    total += 0.25 if len(act.party_ids) >= n_parties else 0.1 * bool(act.party_ids)
    total += 0.1 * bool(act.item_labels) + 0.1 * (act.modality in ("occurred", "announced"))
    return round(total, 2)


def _modality(
    text: str, match: re.Match[str], lexicon: Lexicon
) -> tuple[str, re.Match[str] | None]:
    best: tuple[int, str, re.Match[str]] | None = None
    for name, pattern in lexicon.modality:
        for cue in pattern.finditer(text):
            gap = _gap(match, cue)
            if cue.group() == "May" and cue.start():
                continue  # the month
            if gap <= _NEAR and (best is None or gap < best[0]):
                best = (gap, name, cue)
    return (best[1], best[2]) if best else ("announced", None)


def _day(
    modality: str, match: re.Match[str], days: Sequence[DateMention]
) -> tuple[date | None, str | None]:
    if not days:
        return None, None
    nearest = min(days, key=lambda w: max(w.start - match.end(), match.start() - w.end, 0))
    day = nearest.future if modality in ("announced", "considered") else nearest.past
    return day, nearest.precision


def _effective(mention: DateMention, text: str) -> date:
    """The effective date: "since Friday" is past, "from Friday" is future."""
    return (
        mention.past if re.search(r"\bsince\s+$", text[: mention.start], re.I) else mention.future
    )


def _parties(
    instrument: Instrument,
    match: re.Match[str],
    text: str,
    named: Sequence[Country],
    context: _Context,
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
    earlier = context.issuers[:1] if context.age <= 1 else ()
    issuers = _ids(owner[:1] or first[:1] or others[:1]) or earlier
    targets = [c for c in named if c.part in ("target", "object") and c.id not in issuers]
    return issuers, "issuer", _ids(targets)


def _change(
    text: str, match: re.Match[str], lexicon: Lexicon, instrument: Instrument
) -> str | None:
    if instrument.kind != "measure":
        return None
    near = text[max(0, match.start() - 60) : match.end() + 40]
    return next((name for name, pattern in lexicon.changes if pattern.search(near)), None)


def _is_statement_date(text: str, mention: DateMention, lexicon: Lexicon) -> bool:
    """Whether a date belongs to the statement, not to the act: "said on Thursday"."""
    before = re.sub(
        r"\s*\b(?:late|early|here|in a statement)?\s*(?:on)?\s*$", "", text[: mention.start]
    )
    if _ends_with(lexicon.saying, before):
        return True
    following = lexicon.saying.match(text[mention.end :].lstrip(" ,"))
    return following is not None


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    tail = before[-30:].rstrip()
    return any(found.end() == len(tail) for found in pattern.finditer(tail))


def _nearest(pattern: re.Pattern[str], text: str, match: re.Match[str]) -> re.Match[str] | None:
    near = [verb for verb in pattern.finditer(text) if _gap(match, verb) <= _NEAR]
    return min(near, key=lambda verb: _gap(match, verb), default=None)


def _gap(match: re.Match[str], other: re.Match[str]) -> int:
    after = other.start() - match.end()
    return after + _PENALTY_AFTER if after >= 0 else max(match.start() - other.end(), 0)


def _overlap(one: re.Match[str], other: re.Match[str]) -> bool:
    return one.start() < other.end() and other.start() < one.end()


def _ids(found: Sequence[Country]) -> tuple[str, ...]:
    return tuple(sorted({c.id for c in found}))
