"""The dates in a sentence, relative ones included, each with its part in the sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sources.kit.date_parsing import MONTHS, WrittenDate, find_dates
from sources.policy_news.lexicon import Lexicon

#: Other years are numbers that look like one.
YEARS = range(1900, 2200)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = "|".join(sorted((m for m in MONTHS if len(m) > 3 or m == "may"), reverse=True))
_RELATIVE = re.compile(
    rf"\b(?:(?P<which>last|next|this|coming)\s+)?(?P<weekday>{'|'.join(WEEKDAYS)})s?\b"
    r"|\b(?:late(?:r)?\s+|early\s+)?(?P<near>today|yesterday|tomorrow)\b"
    r"|\b(?P<turn>last|next|this)\s+(?P<unit>week|month|year)\b"
    r"|\b(?P<ago>\d{1,3}|one|two|three)\s+(?P<ago_unit>days?|weeks?)\s+(?:ago|earlier)\b"
    rf"|\b(?:(?:in|since|from|by|starting|last|of|until)\s+)(?:early\s+|late\s+|mid-)?"
    rf"(?P<month>{_MONTH_NAMES})\b(?!\.?\s*\d)(?:\s+(?:of\s+)?(?P<which_year>this|last|next)\s+year)?"
    rf"|\b(?:early|late|mid-)\s*(?P<part_month>{_MONTH_NAMES})\b(?!\.?\s*\d)"
    rf"|\b(?P<possessive>{_MONTH_NAMES})['’]s\b"
    r"|\b(?:on|of)\s+the\s+(?P<of_month>\d{1,2})(?:st|nd|rd|th)\b(?!\s+of\b)"
    r"|\b(?:in|from|until)\s+(?P<bare_year>(?:19|20)\d{2})\b"
    r"(?!\s*[-/]\d|\s+(?:to|through|until)\s+(?:19|20)\d)"
    r"|\bon the eve of (?:the|a|an) (?:[\w-]+ ){0,3}?(?P<event>summit|meeting|signing|talks)\b"
    r"|\b(?:at|during|after) the (?P<venue>reception|ceremony|summit|meeting|talks|forum)\b",
    re.IGNORECASE,
)
_NUMBERS = {"one": 1, "two": 2, "three": 3}
_TRAILING = re.compile(r"\s*\b(?:(?:late|early|here|in a statement)\s*)?(?:on|the|of|in)?\s*$")
#: "said in a notice dated Dec. 9": the day of the notice is that of saying.
_IN_NOTICE = re.compile(
    r"\b(?:in|by|with|to) an? (?:\w+ )?"
    r"(?:notice|statement|decree|order|letter|announcement|circular)"
    r"(?: \w+)? (?:dated|published on|released on|issued on)\s*$",
    re.IGNORECASE,
)
#: "controls imposed on Oct 9": the day of what the sentence speaks about, not its own.
_PARTICIPLE = re.compile(
    r"\b(?:review|report|study|law|bill|deal|truce|controls?|measures?|bans?|curbs?|restrictions?"
    r"|tariffs?|modifications?|announcements?|rules?|orders?|exports?|shipments?|dut(?:y|ies)"
    r"|which (?:was|were)|that (?:was|were)|and),?\s+(?:first |initially |originally |all )?"
    r"(?:imposed|announced|introduced|issued|adopted|published|unveiled|made|enacted|declared)"
    r"\s+(?:on|in|last)?\s*$"
    r"|\b(?:initially |first |originally )?(?:set|put) in place (?:on|in)\s*$"
    # "lifted the ban on tin announced last week"
    r"|\b(?:bans?|controls?|curbs?|restrictions?|tariffs?|dut(?:y|ies)) (?:on|of)"
    r" (?:[\w-]+,? ){1,5}"
    r"(?:imposed|announced|introduced)\s+(?:on|in|last)?\s*$"
    # "a list of 14 metals proposed earlier this month"
    r"|\b\w+s (?:proposed|announced|imposed|introduced|issued) earlier\s*$",
    re.IGNORECASE,
)
#: "controls on magnets announced on Oct. 9 were suspended", "the ban, announced ..., remains"
_ASIDE = re.compile(
    r"(?:\w,|\w+s)\s+(?:first |initially )?(?:announced|imposed|introduced|issued|adopted)"
    r"\s+(?:on|in)\s*$"
)
#: "set to expire on Sunday, June 22": the weekday is part of the day.
_WEEKDAY_BESIDE = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)}),?\s+\(?$", re.IGNORECASE)
#: "on or after 12:01 a.m. EDT August 1".
_CLOCK_BESIDE = re.compile(
    r"\d{1,2}:\d{2}(?: ?[ap]\.?m\.?)?(?: [A-Z]{2,4}\b| eastern(?: \w+)? time)?,?(?: on)?\s*$",
    re.IGNORECASE,
)
#: "introduced new rules on", "was published on": what was done, so that the weekday is past.
_DONE_BEFORE = re.compile(
    r"(?<!be )(?<!being )(?<!to )\b(?:announced|introduced|issued|imposed|published|released|signed"
    r"|launched|invoked|adopted|unveiled|initiated|ordered|voted|decided|approved|banned|suspended"
    r"|lifted|extended|added|met)\b(?:(?!\b(?:to|will|would|that|which|and)\b)[^,;:.]){0,60}"
    r"\b(?:on|late|early)\s*$",
    re.IGNORECASE,
)
#: "on Thursday invoked", "on Monday announced".
_DONE_AFTER = re.compile(
    r"\s+(?:[a-z]+ly )?(?!scheduled|planned|expected|proposed)(?:[a-z]+ed|set|put|began|took)\b"
    r"(?! (?:by|to)\b)"
)
_GOES_ON = re.compile(r"[\d, ]{0,8}\s*(?:was|were|is|are|has|have|will|would|remains?)\b")
_EVENT_NOUN = re.compile(r"\b(reception|ceremony|summit|meeting|talks|forum|signing)\b", re.I)


@dataclass(frozen=True)
class DateMention:
    """A date in a sentence: its value if it is past, and if it is future."""

    past: date
    future: date
    precision: str  # day | week | month | year
    start: int
    end: int
    part: str = ""  # stated | effect | end | deadline | reference | ""


def find_date_mentions(
    sentence: str, reference_date: date, events: Mapping[str, date] | None = None
) -> list[DateMention]:
    """The dates in a sentence, in order; relative ones count from `reference_date`.

    `events` are days of events named earlier in the text: "at the reception" is that day, and "on
    the eve of the summit" the day before.
    """
    found = [
        _written(day, sentence, reference_date)
        for day in find_dates(sentence, year=reference_date.year)
        if day.day.year in YEARS
    ]
    for match in _RELATIVE.finditer(sentence):
        is_adjacent = any(0 <= mention.start - match.end() <= 3 for mention in found)
        is_adjacent |= any(0 <= match.start() - mention.end <= 3 for mention in found)
        is_inside = any(
            mention.start < match.end() and match.start() < mention.end for mention in found
        )
        if is_inside or (match["weekday"] and is_adjacent):
            continue
        mention = _relative(match, reference_date, events or {})
        if mention and match["weekday"] and _is_done(sentence, match):
            mention = replace(mention, future=mention.past)
        if mention:
            found.append(mention)
    return sorted(found, key=lambda mention: mention.start)


def parts_of_dates(
    sentence: str, mentions: list[DateMention], lexicon: Lexicon
) -> list[DateMention]:
    """The mentions with their part.

    stated: day of saying; effect: first day; end: last day; deadline: of comments or reports;
    reference: day of another document or of what went before.
    """
    parted: list[DateMention] = []
    for mention in mentions:
        before, after = sentence[: mention.start], sentence[mention.end :]
        parted.append(replace(mention, part=_part(before, after, lexicon)))
    for at, mention in enumerate(parted[1:], start=1):
        between = sentence[parted[at - 1].end : mention.start]
        if re.fullmatch(r"\s*(?:\(|,|and|to|/|–|-)?\s*", between) and not mention.part:
            parted[at] = replace(mention, part=parted[at - 1].part)
    return parted


def days_of_events(sentence: str, mentions: list[DateMention]) -> dict[str, date]:
    """Days of events that the sentence names together with one day."""
    days = [m for m in mentions if m.precision == "day" and m.part not in ("deadline", "reference")]
    if not days:
        return {}
    found = {}
    for noun in _EVENT_NOUN.finditer(sentence):
        nearest = min(days, key=lambda m: max(m.start - noun.end(), noun.start() - m.end))
        inside = nearest.start <= noun.start() < nearest.end
        if not inside:
            found[noun.group(1).lower()] = nearest.future
    return found


def _part(before: str, after: str, lexicon: Lexicon) -> str:
    before = _WEEKDAY_BESIDE.sub("", _CLOCK_BESIDE.sub("", before))
    tail = _TRAILING.sub("", before)
    clause = re.split(r"[;:()]|\.\s", before)[-1][-120:]
    is_until = _ends_with(lexicon.until, tail) or _ends_with(lexicon.until, before)
    is_due = is_until or _ends_with(lexicon.due, tail) or _ends_with(lexicon.due, before)
    if is_due and lexicon.deadline.search(clause[-80:]):
        return "deadline"
    if is_until:
        return "end"
    if lexicon.open_for.search(clause) and re.search(r"\b(?:from|on|opens?)\s*$", before, re.I):
        return "deadline"
    if _IN_NOTICE.search(clause):
        return "stated"
    if _ends_with(lexicon.reference, tail) or _ends_with(lexicon.reference, before):
        return "reference"
    if _ends_with(lexicon.effect, before) or _ends_with(lexicon.effect, tail):
        return "effect"
    if _PARTICIPLE.search(clause) or (_ASIDE.search(clause) and _GOES_ON.match(after)):
        return "reference"
    if _ends_with(lexicon.saying, tail) or _ends_with(lexicon.stated_in, tail):
        return "stated"
    if lexicon.saying.match(after.lstrip(" ,")) or lexicon.stating.match(after.lstrip()):
        return "stated"
    return ""


def _is_done(sentence: str, weekday: re.Match[str]) -> bool:
    """Whether a past verb stands with the weekday, which is the last one then."""
    before = sentence[: weekday.start()]
    is_ahead = (weekday["which"] or "").lower() in ("next", "coming")
    return not is_ahead and bool(
        _DONE_BEFORE.search(before[-90:])
        or (re.search(r"\bon\s+$", before, re.I) and _DONE_AFTER.match(sentence, weekday.end()))
    )


def _ends_with(pattern: re.Pattern[str], before: str) -> bool:
    tail = before[-40:].rstrip()
    return any(found.end() == len(tail) for found in pattern.finditer(tail))


def _written(found_date: WrittenDate, sentence: str, reference_date: date) -> DateMention:
    """The written date; without a year the nearest before and after `reference_date`."""
    day = found_date.day
    past = day if day <= reference_date else _same_day(day, day.year - 1)
    future = day if day >= reference_date else _same_day(day, day.year + 1)
    has_year = re.search(r"\d{4}", sentence[found_date.start : found_date.end])
    if has_year or found_date.precision == "month":
        past = future = day
    # a date up to two months ago is not meant for the next year
    if (reference_date - day).days in range(60):
        future = day
    return DateMention(past, future, found_date.precision, found_date.start, found_date.end)


def _relative(
    match: re.Match[str], reference_date: date, events: Mapping[str, date]
) -> DateMention | None:
    span = match.start(), match.end()
    if match["month"]:
        span = match.start("month"), match.end()  # "until" and "from" belong to the sentence
    if match["near"]:
        shift = {"today": 0, "yesterday": -1, "tomorrow": 1}[match["near"].lower()]
        day = reference_date + timedelta(days=shift)
        return DateMention(day, day, "day", *span)
    if match["weekday"]:
        return _weekday(
            WEEKDAYS.index(match["weekday"].lower()), match["which"], reference_date, span
        )
    if match["ago"]:
        count = _NUMBERS.get(match["ago"].lower()) or int(match["ago"])
        days = count * (7 if match["ago_unit"].lower().startswith("week") else 1)
        day = reference_date - timedelta(days=days)
        return DateMention(day, day, "day" if days == count else "week", *span)
    if match["event"] or match["venue"]:
        known = events.get((match["event"] or match["venue"]).lower())
        if known is None:
            return None
        day = known - timedelta(days=1) if match["event"] else known
        return DateMention(day, day, "day", *span)
    if match["of_month"]:
        return _day_of_month(int(match["of_month"]), reference_date, span)
    if match["bare_year"]:
        day = date(int(match["bare_year"]), 1, 1)
        return DateMention(day, day, "year", match.start("bare_year"), match.end())
    if name := match["month"] or match["part_month"] or match["possessive"]:
        return _month(MONTHS[name.lower()], match["which_year"], reference_date, span)
    shift = {"last": -1, "this": 0, "next": 1}[match["turn"].lower()]
    unit = match["unit"].lower()
    if unit == "week":
        day = reference_date - timedelta(days=reference_date.weekday()) + timedelta(weeks=shift)
    elif unit == "month":
        months = reference_date.year * 12 + reference_date.month - 1 + shift
        day = date(months // 12, months % 12 + 1, 1)
    else:
        day = date(reference_date.year + shift, 1, 1)
    return DateMention(day, day, unit, *span)


def _day_of_month(number: int, reference_date: date, span: tuple[int, int]) -> DateMention | None:
    """ "The 24th": the last one up to `reference_date`, and the next one from it on."""
    if not 1 <= number <= 28:
        # only days that each month has can be counted on in either direction
        if number > 31 or number > reference_date.day:
            return None
        day = reference_date.replace(day=number)
        return DateMention(day, day, "day", *span)
    months = reference_date.year * 12 + reference_date.month - 1
    before, after = months - (number > reference_date.day), months + (number < reference_date.day)
    past, future = (date(m // 12, m % 12 + 1, number) for m in (before, after))
    return DateMention(past, future, "day", *span)


def _month(
    number: int, which_year: str | None, reference_date: date, span: tuple[int, int]
) -> DateMention:
    if which_year:
        shift = {"last": -1, "this": 0, "next": 1}[which_year.lower()]
        day = date(reference_date.year + shift, number, 1)
        return DateMention(day, day, "month", *span)
    past = date(reference_date.year - (number > reference_date.month), number, 1)
    future = date(reference_date.year + (number < reference_date.month), number, 1)
    return DateMention(past, future, "month", *span)


def _weekday(
    weekday: int, which: str | None, reference_date: date, span: tuple[int, int]
) -> DateMention:
    back, ahead = (reference_date.weekday() - weekday) % 7, (weekday - reference_date.weekday()) % 7
    word = (which or "").lower()
    if word == "last":
        day = reference_date - timedelta(days=back or 7)
        return DateMention(day, day, "day", *span)
    if word in ("next", "coming"):
        day = reference_date + timedelta(days=ahead or 7)
        return DateMention(day, day, "day", *span)
    return DateMention(
        reference_date - timedelta(days=back), reference_date + timedelta(days=ahead), "day", *span
    )


def _same_day(day: date, year: int) -> date:
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 3, 1)
