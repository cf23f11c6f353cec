"""Extract acts from a document: what was done or planned, by whom, when and on what.

Rules only: an instrument counts when a verb of its kind is near it; the nearest cue decides
whether it occurred, is announced or only considered; dates have a part in the sentence
(`dates.parts_of_dates`). "The ban", "the move" and "these tariffs" speak of an act named before.
What is denied, asked for or answered is no act, a measure without a date beyond the first
sentences is background. Acts are candidates for review, not facts.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from sources.kit.entity_terms import distinct_ids, find_countries
from sources.policy_news.act_days import ActDays, days_of_act
from sources.policy_news.act_parties import parties_of_act
from sources.policy_news.actors import Country, classify_countries
from sources.policy_news.acts import Act, DocumentContext, Extraction, score
from sources.policy_news.cues import change_of, is_denied, items_near, modality_of
from sources.policy_news.dateline import Dateline
from sources.policy_news.dates import (
    DateMention,
    days_of_events,
    find_date_mentions,
    parts_of_dates,
)
from sources.policy_news.deduplicate import merge_acts
from sources.policy_news.lexicon import Instrument, load_lexicon
from sources.policy_news.mentions import Mention, find_mentions, is_long_before
from sources.policy_news.sentences import Sentence, join_wrapped_lines, split_sentences

#: Undated measures are acts only here; later ones are background.
_HEAD_SENTENCES = 2
#: In the head of a document: "suspended exports of cobalt", "the suspension of cobalt exports".
_SUSPENDS_EXPORTS = re.compile(
    r"\bsuspen(?:ds?|ded|ding|sion)(?: of)?(?: (?!bans?|controls?|curbs?|restrict)[a-z]+){0,3}"
    r" exports?(?! (?:bans?|controls?|curbs?|prohib|restrictions?|licen))"
    r"|\bexport (?:suspension|halt)",
    re.IGNORECASE,
)
#: Where a ban itself is suspended, "the suspension" is that of the ban.
_SUSPENDS_MEASURE = re.compile(
    r"\bsuspen(?:ds?|ded|ding|sion)(?: of)?(?: [a-z]+){0,2}"
    r" (?:export )?(?:bans?|controls?|curbs?|restrictions?)\b",
    re.IGNORECASE,
)
_HEAD = 2_000
_TOOK_EFFECT = re.compile(r"\b(?:took effect|came into (?:force|effect)|since)\W*(?:on\s*)?$", re.I)
_PROSE = re.compile(r"[.!?][\"”’)]*$")
_LATELY = timedelta(days=92)  # "the move" is none of last year
_SUBJECT_WITHIN = 40  # a subject begins within so many characters of its sentence
_AFTER_ANOTHER = re.compile(r"\b(?:after|(?<!the )following|since|once)\b[^,;]*$", re.IGNORECASE)
_OFFICIAL = re.compile(
    r"(?m)\b(?:announcement|notice|order|decree|decision|circular|regulation) no\b"
    r"|^(?:commission|council) [a-z ]*(?:regulation|decision)\b"
    r"|^\s*(?:AGENCY|ACTION|DATES|SUMMARY):|\[issuing|document number|for immediate release"
    r"|^\s*(?:press release|media release|news item|fact sheet)\b|^#.*\bfinal rule\b",
    re.IGNORECASE,
)


def extract(text: str, dateline: Dateline) -> Extraction:
    """The distinct acts of `text`, whose date is `dateline`."""
    lexicon = load_lexicon()
    sentences = list(split_sentences(dateline.mask(join_wrapped_lines(text)), lexicon))
    read = [s for s in sentences if not lexicon.addresses_machine.search(s.text)]
    countries = frozenset(match.id for match in find_countries(text))
    named = [classify_countries(s.text, lexicon, countries) for s in read]
    document = DocumentContext(text, dateline.day, _is_official(text, dateline), countries, lexicon)
    document.leading, document.home = _who_acts(named)
    document.suspends_exports = bool(_SUSPENDS_EXPORTS.search(text[:_HEAD])) and not (
        _SUSPENDS_MEASURE.search(text[:_HEAD])
    )
    n_background = 0
    index = 0  # headings and bylines are not counted
    for sentence, who in zip(read, named, strict=True):
        n_background += _read_sentence(index, sentence, who, document)
        index += bool(_PROSE.search(sentence.text))
    # "this rule" bears the document's days; other mentions only where no merged one has a day
    acts = [
        _with_document_days(act, document) if _speaks_of_itself(act, document) else act
        for act in document.acts
    ]
    acts = [_with_document_days(act, document) for act in merge_acts(acts)]
    return Extraction(merge_acts(acts), len(sentences), len(sentences) - len(read), n_background)


def _is_official(text: str, dateline: Dateline) -> bool:
    """Whether the document is the act itself, so that its own date is the act's."""
    return dateline.basis != "file" and bool(_OFFICIAL.search(text[:1500]))


def _who_acts(named: Sequence[Sequence[Country]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Who acts at the head of the document, and who does most of all if nobody does there."""
    head = [c for who in named[:3] for c in who if c.part in ("actor", "speaker", "adjective")]
    leading = tuple(dict.fromkeys(c.id for c in head))
    # "In Zimbabwe, the government ..." names who acts as well
    in_front = [c for who in named[:3] for c in who if c.part == "venue" and c.start < 8]
    if acting := [c.id for c in (*in_front, *head) if c.part != "adjective"]:
        return leading, tuple(acting[:1])
    counts = Counter(c.id for who in named for c in who if c.part == "actor")
    places = {c.id for who in named for c in who if c.part in ("actor", "venue")}
    if not counts and len(places) == 1:
        return leading, tuple(places)  # the only country in which anything happens
    return leading, tuple(one for one, _ in counts.most_common(1)) or leading[:1]


def _read_sentence(
    index: int, sentence: Sentence, who: Sequence[Country], document: DocumentContext
) -> int:
    """Add the acts of a sentence to the document; the number that is background."""
    text, lexicon = sentence.text, document.lexicon
    mentioned = find_date_mentions(text, document.day, document.events)
    days = parts_of_dates(text, mentioned, lexicon)
    n_background = n_acts = 0
    for mention in find_mentions(text, days, document):
        act = _act(index, mention, sentence, days, who, document)
        if act is None:
            n_background += 1
        else:
            document.acts.append(act)
            document.last = act
            n_acts += 1
    if not n_acts:
        _take_effect(text, days, document)
        if index < _HEAD_SENTENCES and not document.acts:
            document.stated = document.stated or _statement_day(text, days, document)
    document.events.update(days_of_events(text, days))
    actors = [c for c in who if c.part == "actor" and c.start < _SUBJECT_WITHIN]
    document.subject = tuple(c.id for c in actors[:1])
    return n_background


def _statement_day(
    text: str, days: Sequence[DateMention], document: DocumentContext
) -> date | None:
    """The day of "On 2 November, the minister issued the following statement"."""
    if not document.lexicon.saying.search(text) and "statement" not in text:
        return None
    past = (day.past for day in days if day.part in ("", "stated") and day.precision == "day")
    return next((day for day in past if 0 <= (document.day - day).days <= 7), None)


def _take_effect(text: str, days: Sequence[DateMention], document: DocumentContext) -> None:
    """A first day of a sentence without an act: "Effective date: 1 April 2025" and its like."""
    effect = next(
        (day.past if _TOOK_EFFECT.search(text[: day.start]) else day.future
         for day in days if day.part == "effect" and day.precision == "day"), None
    )  # fmt: skip
    if effect is None and document.lexicon.immediate.search(text):
        effect = document.last.act_date if document.last else None
        effect = effect or (document.day if document.is_official else None)
    if effect is None:
        return
    if document.last is None or document.last.kind != "measure":
        document.effective = document.effective or effect
    elif document.last.effective_date is None and not is_long_before(document.last, days):
        document.acts[-1] = document.last = replace(
            document.last, effective_date=effect, effective_precision="day"
        )


def _speaks_of_itself(act: Act, document: DocumentContext) -> bool:
    text = document.text[act.offset : act.offset + act.length]
    return bool(document.lexicon.self_reference.search(text))


def _with_document_days(act: Act, document: DocumentContext) -> Act:
    """Undated acts of an official document bear its day, and its day of effect."""
    if act.kind == "task" or act.modality == "considered":
        return act
    if not document.is_official:
        if act.act_date is None and act.effective_date is None and document.stated:
            act = replace(act, act_date=document.stated, date_precision="day")
        return _scored(act)
    if act.act_date is None:
        act = replace(act, act_date=document.day, date_precision="day")
    if act.effective_date is None and document.effective and act.kind == "measure":
        act = replace(act, effective_date=document.effective, effective_precision="day")
    return _scored(act)


def _act(
    index: int,
    mention: Mention,
    sentence: Sentence,
    days: Sequence[DateMention],
    who: Sequence[Country],
    document: DocumentContext,
) -> Act | None:
    text, lexicon = sentence.text, document.lexicon
    instrument, match = mention.instrument, mention.match
    modality, cue = modality_of(text, match, lexicon)
    change = None
    if instrument.kind == "measure":
        change = change_of(
            text, match, mention.refers_to, lexicon, suspends_exports=document.suspends_exports
        )
    if cue is None and change is not None:
        modality, cue = "occurred", match
    if instrument.kind == "task":
        modality = "ongoing"
    elif is_denied(text, match, lexicon) or change == "":
        return None
    if cue is None and instrument.kind != "task" and not mention.refers_to:
        return None
    # "announced on Tuesday" is past, "will announce on Tuesday" is not
    is_past = modality == "occurred" or (cue is not None and cue.group().endswith("ed"))
    dated = days_of_act(
        instrument, modality, match, text, days, document.day, change, is_past=is_past
    )
    if lexicon.immediate.search(text) and dated.effective is None and dated.precision == "day":
        dated = replace(dated, effective=dated.day, effective_precision="day")
    modality = dated.modality
    is_dated = dated.day is not None or dated.effective is not None
    if not is_dated and _AFTER_ANOTHER.search(text[: match.start()]):
        return None  # "after the two reached a deal": what went before
    parties, role, targets = parties_of_act(mention, text, who, document, is_dated=is_dated)
    of_another = mention.refers_to and not set(parties) & set(mention.refers_to.party_ids)
    if parties and of_another:
        return None
    if not _is_act(index, instrument, modality, text, match, dated, parties, mention, document):
        return None
    items = tuple(sorted(distinct_ids(items_near(text, match))))
    if mention.refers_to and not items:
        items = mention.refers_to.item_labels
    raw = document.text[sentence.start : sentence.start + len(text)]
    act = Act(
        instrument.id, instrument.kind, modality, change, dated.day,
        dated.precision if dated.day else None, dated.effective,
        dated.effective_precision if dated.effective else None, dated.end, parties, role, targets,
        items, sentence.start, len(raw), hashlib.sha256(raw.encode()).hexdigest(), 0.0,
    )  # fmt: skip
    return _scored(act)


def _is_act(
    index: int,
    instrument: Instrument,
    modality: str,
    text: str,
    match: re.Match[str],
    dated: ActDays,
    parties: tuple[str, ...],
    mention: Mention,
    document: DocumentContext,
) -> bool:
    has_day = dated.day is not None or dated.effective is not None or dated.end is not None
    if instrument.kind == "meeting":
        return dated.day is not None
    if instrument.kind == "pact":
        is_head = index < 2 * _HEAD_SENTENCES and bool(parties)
        return dated.day is not None or is_head
    if instrument.kind == "task":
        return True
    if mention.refers_to:
        is_dated = dated.precision == "day" or dated.effective is not None
        is_going_on = dated.end is not None and dated.end >= document.day
        is_old = dated.day is not None and document.day - dated.day > _LATELY
        if mention.is_general:
            return (is_dated or is_going_on) and not is_old
        return has_day
    if has_day:
        return bool(parties)
    is_past_perfect = re.search(r"\bhad (?:been )?\w+(?: \w+){0,6}$", text[: match.start()])
    limit = 2 if modality == "considered" else _HEAD_SENTENCES
    speaks_of_itself = bool(document.lexicon.self_reference.search(text))
    return bool(parties) and not is_past_perfect and (index < limit or speaks_of_itself)


def _scored(act: Act) -> Act:
    return replace(act, score=score(act))
