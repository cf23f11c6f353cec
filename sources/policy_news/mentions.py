"""Instruments in a sentence: by name, or by a noun that speaks of an act named before."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sources.policy_news.acts import Act, DocumentContext
from sources.policy_news.cues import gap_between, nearest, overlap
from sources.policy_news.dates import DateMention
from sources.policy_news.lexicon import Instrument

_EXPORT = re.compile(r"\bexport", re.IGNORECASE)
_CONTROLS = re.compile(r"\bexport (?:controls?|bans?|restrictions?|licen[sc]\w+)", re.IGNORECASE)
_CHANGE_NOUNS = {"suspension": "suspends", "halt": "suspends", "extension": "extends"}
#: "the suspension of the executive order" is none of exports.
_OF_ANOTHER = re.compile(r" of (?:the|its|his|an?|multiple|all)\b", re.IGNORECASE)
_YEAR = timedelta(days=366)
_EXPORT_NAMES = ("export ban", "export licensing requirement")


@dataclass(frozen=True)
class Mention:
    """An instrument in a sentence; `refers_to` is the act that "the ban" speaks of."""

    instrument: Instrument
    match: re.Match[str]
    refers_to: Act | None = None
    is_general: bool = False  # "the move", which may be any of them


def find_mentions(
    text: str, days: Sequence[DateMention], document: DocumentContext
) -> Iterator[Mention]:
    """Instruments with a verb nearby, else what was named before.

    Of overlapping instruments the longest, of two pacts that share a verb the nearer one.
    """
    lexicon = document.lexicon
    spans: list[tuple[Instrument, re.Match[str], re.Match[str]]] = []
    for instrument, pattern in lexicon.instruments:
        for match in pattern.finditer(text):
            if verb := nearest(instrument.verbs or lexicon.verbs[instrument.kind], text, match):
                spans.append((instrument, match, verb))
    spans.sort(key=lambda span: (span[1].start() - span[1].end(), span[1].start()))
    kept: list[tuple[Instrument, re.Match[str], re.Match[str]]] = []
    for span in spans:
        if not any(overlap(span[1], other[1]) for other in kept):
            kept.append(span)
    kept.sort(key=lambda span: gap_between(span[1], span[2]))
    shared: set[tuple[str, int]] = set()
    found: list[re.Match[str]] = []
    for instrument, match, verb in kept:
        key = (instrument.kind, verb.start())
        if instrument.kind == "task" and len(kept) > 1:
            continue  # "an order directing the Department to initiate an investigation"
        if instrument.kind != "pact" or key not in shared:
            shared.add(key)
            found.append(match)
            yield Mention(instrument, match)
    if days:
        yield from _anaphors(text, found, days, document)


def _anaphors(
    text: str,
    found: Sequence[re.Match[str]],
    days: Sequence[DateMention],
    document: DocumentContext,
) -> Iterator[Mention]:
    """ "The ban", "the change", "these tariffs": the act before that they can speak of."""
    if document.last is None and not _EXPORT.search(document.text, 0, 1500):
        return
    for name, pattern in document.lexicon.anaphors:
        for match in pattern.finditer(text):
            if any(overlap(match, other) for other in found) or _OF_ANOTHER.match(
                text, match.end()
            ):
                continue
            if document.last is None:
                if name == "measure" and _CONTROLS.search(document.text, 0, 1500):
                    name = "export licensing requirement"  # "Announcement No. 70"
                if name in _EXPORT_NAMES:
                    yield Mention(Instrument(name, "measure"), match)
                    return
                continue
            if name in ("measure", "pact"):
                if found:
                    continue  # "the move" is the instrument that the sentence names
                acts = [a for a in reversed(document.acts[-20:]) if a.kind == name]
                referred = next((a for a in acts if not is_long_before(a, days)), None)
            else:
                acts = [a for a in reversed(document.acts[-20:]) if _can_be_called(a, name)]
                word = match.group().rpartition(" ")[2].lower()
                changed = [a for a in acts if a.change and a.change == _CHANGE_NOUNS.get(word)]
                referred = next(iter(changed or acts), None)
            if referred:
                kind = Instrument(referred.instrument, referred.kind)
                yield Mention(kind, match, referred, name in ("measure", "pact"))
                return


def is_long_before(act: Act, days: Sequence[DateMention]) -> bool:
    """Whether an act was done more than a year before each day of a sentence."""
    return act.act_date is not None and all(day.past - act.act_date > _YEAR for day in days)


def _can_be_called(act: Act, name: str) -> bool:
    return act.instrument == name or (name in _EXPORT_NAMES and act.instrument in _EXPORT_NAMES)
