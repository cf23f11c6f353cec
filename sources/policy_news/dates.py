"""The date of a document, and the dates in its sentences, relative ones included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sources.kit.date_parsing import MONTHS, WrittenDate, find_dates
from sources.policy_news.lexicon import Lexicon

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_LEADING = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})\s")
_DASH = re.compile(r"\s*(?:\((?P<agency>[A-Za-z ]{2,30})\))?\s*(?:--|—|–|-|:)\s")
_CITY = re.compile(r"(?P<city>[A-Z][A-Za-z.’' ]{2,30}?)(?:\s*[,/(].{0,40})?[,\s]+$")
_RELATIVE = re.compile(
    rf"\b(?:(?P<which>last|next|this|coming)\s+)?(?P<weekday>{'|'.join(WEEKDAYS)})s?\b"
    r"|\b(?P<near>today|yesterday|tomorrow)\b"
    r"|\b(?P<turn>last|next|this)\s+(?P<unit>week|month|year)\b"
    rf"|\b(?:in|since|from|by)\s+(?:early\s+|late\s+|mid-)?(?P<month>{'|'.join(MONTHS)})\b(?!\.?\s*\d)",
    re.IGNORECASE,
)
_HEAD = 1500


@dataclass(frozen=True)
class Dateline:
    """The date of a document, the basis for it, its time zone, and the offset of its text."""

    day: date
    basis: str  # leading | dateline | markup | written | file
    zone: str | None
    begins: int


@dataclass(frozen=True)
class DateMention:
    """A date in a sentence: its value if it is past, and if it is future."""

    past: date
    future: date
    precision: str  # day | week | month | year
    start: int
    end: int


def find_dateline(text: str, published: str | None, retrieved: date, lexicon: Lexicon) -> Dateline:
    """Find the date of a document.

    The first of: leading date, agency dateline, publication mark of the page, a date line, the date
    of the file.
    """
    agency = next((zone for name, zone in lexicon.agencies.items() if name in text[-80:]), None)
    if leading := _LEADING.match(text):
        return Dateline(date.fromisoformat(leading[1]), "leading", agency, leading.end())
    head = text[:_HEAD]
    for found_date in _head_days(head, retrieved):
        before = head[: found_date.start].rpartition("\n")[2]
        city, dash = _CITY.search(before), _DASH.match(head[found_date.end :])
        if city and dash:
            by_agency = lexicon.agencies.get(dash["agency"] or "")
            zone = lexicon.zones.get(city["city"].strip().title()) or by_agency or agency
            return Dateline(found_date.day, "dateline", zone, found_date.end + dash.end())
    if published and (found := re.match(r"\d{4}-\d{2}-\d{2}", published)):
        return Dateline(date.fromisoformat(found.group()), "markup", agency, 0)
    for found_date in find_dates(head):
        line = head[: found_date.start].rpartition("\n")[2]
        if found_date.precision == "day" and len(line) < 40 and "." not in line:
            rest = head[found_date.end :].partition("\n")[0]
            if len(rest) < 25:
                return Dateline(found_date.day, "written", agency, found_date.end)
    return Dateline(retrieved, "file", agency, 0)


def find_date_mentions(sentence: str, reference_date: date) -> list[DateMention]:
    """The dates in a sentence, in order; relative ones count from `reference_date`."""
    found = [
        _written(day, reference_date) for day in find_dates(sentence, year=reference_date.year)
    ]
    for match in _RELATIVE.finditer(sentence):
        is_adjacent = any(0 <= mention.start - match.end() <= 3 for mention in found)
        is_inside = any(
            mention.start < match.end() and match.start() < mention.end for mention in found
        )
        if not (match["weekday"] and is_adjacent) and not is_inside:
            found.append(_relative(match, reference_date))
    return sorted(found, key=lambda mention: mention.start)


def _head_days(head: str, retrieved: date) -> list[WrittenDate]:
    """Dates in the head of a document; without a year the last such day before `retrieved`."""
    days = []
    for found_date in find_dates(head, year=retrieved.year):
        has_year = re.search(r"\d{4}", head[found_date.start : found_date.end])
        day = found_date.day
        if not has_year and day > retrieved:
            day = _same_day(day, day.year - 1)
        days.append(WrittenDate(day, found_date.precision, found_date.start, found_date.end))
    return [day for day in days if day.precision == "day"]


def _written(found_date: WrittenDate, reference_date: date) -> DateMention:
    """The written date; without a year the nearest before and after `reference_date`."""
    day = found_date.day
    past = day if day <= reference_date else _same_day(day, day.year - 1)
    future = day if day >= reference_date else _same_day(day, day.year + 1)
    if day.year != reference_date.year or found_date.precision == "month":
        past = future = day
    # a date up to two months ago is not meant for the next year
    if (reference_date - day).days in range(60):
        future = day
    return DateMention(past, future, found_date.precision, found_date.start, found_date.end)


def _relative(match: re.Match[str], reference_date: date) -> DateMention:
    span = match.start(), match.end()
    if match["near"]:
        shift = {"today": 0, "yesterday": -1, "tomorrow": 1}[match["near"].lower()]
        day = reference_date + timedelta(days=shift)
        return DateMention(day, day, "day", *span)
    if match["weekday"]:
        return _weekday(
            WEEKDAYS.index(match["weekday"].lower()), match["which"], reference_date, span
        )
    if match["month"]:
        number = MONTHS[match["month"].lower()]
        past = date(reference_date.year - (number > reference_date.month), number, 1)
        return DateMention(
            past,
            date(reference_date.year + (number < reference_date.month), number, 1),
            "month",
            *span,
        )
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
