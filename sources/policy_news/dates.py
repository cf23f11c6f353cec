"""When a document was written, and the days its sentences speak of, relative ones included."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta

from sources.kit.date_parsing import MONTHS, WrittenDay, written_days
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
    """The day a document bears, on what ground, in which zone, and where its story begins."""

    day: date
    basis: str  # leading | dateline | markup | written | file
    zone: str | None
    begins: int


@dataclass(frozen=True)
class When:
    """A day that a sentence names: what it is if it is past, and if it is to come."""

    past: date
    future: date
    precision: str  # day | week | month | year
    start: int
    end: int


def dateline(text: str, published: str | None, retrieved: date, words: Lexicon) -> Dateline:
    """The first of: leading date, wire dateline, the page's own mark, a date line, the file's."""
    agency = next((zone for name, zone in words.agencies.items() if name in text[-80:]), None)
    if leading := _LEADING.match(text):
        return Dateline(date.fromisoformat(leading[1]), "leading", agency, leading.end())
    head = text[:_HEAD]
    for written in _head_days(head, retrieved):
        before = head[: written.start].rpartition("\n")[2]
        city, dash = _CITY.search(before), _DASH.match(head[written.end :])
        if city and dash:
            by_agency = words.agencies.get(dash["agency"] or "")
            zone = words.zones.get(city["city"].strip().title()) or by_agency or agency
            return Dateline(written.day, "dateline", zone, written.end + dash.end())
    if published and (found := re.match(r"\d{4}-\d{2}-\d{2}", published)):
        return Dateline(date.fromisoformat(found.group()), "markup", agency, 0)
    for written in written_days(head):
        line = head[: written.start].rpartition("\n")[2]
        if written.precision == "day" and len(line) < 40 and "." not in line:
            rest = head[written.end :].partition("\n")[0]
            if len(rest) < 25:
                return Dateline(written.day, "written", agency, written.end)
    return Dateline(retrieved, "file", agency, 0)


def moments(sentence: str, bearing: date) -> list[When]:
    """The days that a sentence names, in its order."""
    found = [_written(day, bearing) for day in written_days(sentence, year=bearing.year)]
    for match in _RELATIVE.finditer(sentence):
        beside = any(0 <= when.start - match.end() <= 3 for when in found)
        inside = any(when.start < match.end() and match.start() < when.end for when in found)
        if not (match["weekday"] and beside) and not inside:
            found.append(_relative(match, bearing))
    return sorted(found, key=lambda when: when.start)


def _head_days(head: str, retrieved: date) -> list[WrittenDay]:
    """A dateline has no year as a rule: the last such day before the file was got."""
    days = []
    for written in written_days(head, year=retrieved.year):
        has_year = re.search(r"\d{4}", head[written.start : written.end])
        day = written.day
        if not has_year and day > retrieved:
            day = _same_day(day, day.year - 1)
        days.append(WrittenDay(day, written.precision, written.start, written.end))
    return [day for day in days if day.precision == "day"]


def _written(written: WrittenDay, bearing: date) -> When:
    """With a year it is that day; without one the nearest before or after the dateline."""
    day = written.day
    past = day if day <= bearing else _same_day(day, day.year - 1)
    future = day if day >= bearing else _same_day(day, day.year + 1)
    if day.year != bearing.year or written.precision == "month":
        past = future = day
    # two months back is still this year's: nobody writes "on 3 October" for the next one
    if (bearing - day).days in range(60):
        future = day
    return When(past, future, written.precision, written.start, written.end)


def _relative(match: re.Match[str], bearing: date) -> When:
    span = match.start(), match.end()
    if match["near"]:
        shift = {"today": 0, "yesterday": -1, "tomorrow": 1}[match["near"].lower()]
        day = bearing + timedelta(days=shift)
        return When(day, day, "day", *span)
    if match["weekday"]:
        return _weekday(WEEKDAYS.index(match["weekday"].lower()), match["which"], bearing, span)
    if match["month"]:
        number = MONTHS[match["month"].lower()]
        past = date(bearing.year - (number > bearing.month), number, 1)
        return When(past, date(bearing.year + (number < bearing.month), number, 1), "month", *span)
    shift = {"last": -1, "this": 0, "next": 1}[match["turn"].lower()]
    unit = match["unit"].lower()
    if unit == "week":
        day = bearing - timedelta(days=bearing.weekday()) + timedelta(weeks=shift)
    elif unit == "month":
        months = bearing.year * 12 + bearing.month - 1 + shift
        day = date(months // 12, months % 12 + 1, 1)
    else:
        day = date(bearing.year + shift, 1, 1)
    return When(day, day, unit, *span)


def _weekday(weekday: int, which: str | None, bearing: date, span: tuple[int, int]) -> When:
    back, ahead = (bearing.weekday() - weekday) % 7, (weekday - bearing.weekday()) % 7
    said = (which or "").lower()
    if said == "last":
        day = bearing - timedelta(days=back or 7)
        return When(day, day, "day", *span)
    if said in ("next", "coming"):
        day = bearing + timedelta(days=ahead or 7)
        return When(day, day, "day", *span)
    return When(bearing - timedelta(days=back), bearing + timedelta(days=ahead), "day", *span)


def _same_day(day: date, year: int) -> date:
    return day.replace(year=year) if (day.month, day.day) != (2, 29) else date(year, 3, 1)
