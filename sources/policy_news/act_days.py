"""The days of an act: its own or that of the statement, its first and its last."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sources.policy_news.cues import NEAR, PENALTY_CLAUSE
from sources.policy_news.dates import DateMention
from sources.policy_news.lexicon import Instrument

_WAS_TO_END = re.compile(r"\b(?:due|set|scheduled) to (?:end|expire)(?: on)?\s*$")
#: "ran until April"; what "was due to expire on Sunday" was still to end.
_RAN_UNTIL = re.compile(r"\b(?:ran|was|were|had been|lasted)\b(?! (?:due|set|scheduled) to)[^,;]*$")
#: ", which was announced on 8 March, was published today": the main clause goes on.
_CLAUSE_CLOSED = re.compile(
    r"\bwhich\b.*,\s+(?:was|were|is|are|has|have|will|would|took|entered|came|comes)\b"
)


@dataclass(frozen=True)
class ActDays:
    """The days found for an act, and how sure the text is once they are known."""

    modality: str
    day: date | None
    precision: str | None
    effective: date | None
    effective_precision: str | None
    end: date | None


def days_of_act(
    instrument: Instrument,
    modality: str,
    match: re.Match[str],
    text: str,
    days: Sequence[DateMention],
    document_date: date,
    change: str | None,
    *,
    is_past: bool,
) -> ActDays:
    """The days of an act: its own, else that of the statement; its first and its last day."""
    parts: dict[str, list[DateMention]] = {}
    for one in days:
        parts.setdefault(_part_for(one, match, text, document_date, change), []).append(one)
    own, stated = parts.get("", []), parts.get("stated", [])
    effects, ends = parts.get("effect", []), parts.get("end", [])
    is_measure = instrument.kind == "measure"
    day, precision = _day(match, text, own, is_past=is_past)
    effect = _closest(match, text, effects)
    effective = _effective(effect, text, modality, document_date) if effect else None
    effective_precision = effect.precision if effect else None
    # "until November" names no day, and the last day has no precision beside it
    end = _closest(match, text, [one for one in ends if one.precision == "day"])
    if is_measure and day and modality in ("announced", "considered") and day > document_date:
        # a future day of a planned measure is its effect
        if effective is None:
            effective, effective_precision = day, precision
        day = None
    if not is_measure and day is None and effective:
        day, effective = effective, None
        precision = effect.precision if effect else None
    if day is None or (precision == "year" and stated):
        said = _closest(match, text, stated)
        if said:
            day, precision = said.past, said.precision
    if (
        day is None
        and effective is None
        and (named := _closest(match, text, parts.get("reference", [])))
    ):
        is_only = not change and modality == "occurred"
        day, precision = (named.past, named.precision) if is_only else (None, None)
    first = day or (effective if is_measure else None)
    if modality == "occurred" and first is not None and first > document_date:
        modality = "announced"
    if is_past and day is None and effective == document_date:
        day, precision = effective, "day"  # "effective today"
    last = _last_day(end, text) if end else None
    return ActDays(modality, day, precision, effective, effective_precision, last)


def _last_day(mention: DateMention, text: str) -> date:
    """The last day: "ran until April" is past, "until April" is future."""
    is_past = _RAN_UNTIL.search(text[: mention.start])
    return mention.past if is_past else mention.future


def _part_for(
    one: DateMention, match: re.Match[str], text: str, document_date: date, change: str | None
) -> str:
    """The part of a date for one instrument: what stands in a clause about others is theirs."""
    if one.part == "end" and change and _WAS_TO_END.search(text[: one.start]):
        return "other"  # the last day before the change
    if one.part in ("deadline", "end"):
        return one.part
    between = text[match.end() : one.start] if one.start >= match.end() else ""
    if re.search(
        r"\b(?:after|despite|follow(?:ing|s|ed)|who|prior to|ahead of|came after)\b", between
    ):
        return "other" if one.part != "stated" else "stated"
    if one.precision == "year" and (len(between) > NEAR // 2 or re.search(r"[,;:]", between)):
        return "other"
    if one.future > document_date and re.search(r"\b(?:propose|decide|discuss|review)\b", between):
        return "other"
    is_planned = re.search(r"\b(?:to be|will)\b", between)
    is_closed = _CLAUSE_CLOSED.search(between)
    if (
        re.search(r"\bwhich\b", between)
        and not (is_planned or is_closed)
        and (one.part != "effect" or change)
    ):
        return "reference"
    return one.part


def _day(
    match: re.Match[str], text: str, days: Sequence[DateMention], *, is_past: bool
) -> tuple[date | None, str | None]:
    nearest = _closest(match, text, days)
    if nearest is None:
        return None, None
    return nearest.past if is_past else nearest.future, nearest.precision


def _closest(match: re.Match[str], text: str, days: Sequence[DateMention]) -> DateMention | None:
    def distance(day: DateMention) -> int:
        gap = max(day.start - match.end(), match.start() - day.end, 0)
        between = text[match.end() : day.start] or text[day.end : match.start()]
        return gap + PENALTY_CLAUSE * len(re.findall(r"[;,:(]", between))

    return min(days, key=distance, default=None)


def _effective(mention: DateMention, text: str, modality: str, document_date: date) -> date:
    """The effective date: "since Friday" is past, "from Friday" is future.

    "Has added it, effective Sunday" is the Sunday that is nearer.
    """
    before = text[: mention.start]
    is_past = re.search(r"\b(?:since|began|took effect|into force)\s+(?:on\s+)?$", before, re.I)
    ahead, back = mention.future - document_date, document_date - mention.past
    is_nearer = back < ahead if modality == "occurred" else back <= timedelta(days=1)
    return mention.past if is_past or (is_nearer and mention.precision == "day") else mention.future
