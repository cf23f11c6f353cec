"""The date of a document by what stands at its head: an agency dateline, a labelled line, a mark.

No text is lost for it: only the dateline itself is masked, and what is before it is read as well.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from sources.kit.date_parsing import WrittenDate, find_dates
from sources.kit.entity_terms import find_countries
from sources.policy_news.lexicon import Lexicon

_LEADING = re.compile(r"\s*date\s+(\d{4}-\d{2}-\d{2})\s")
#: "SEOUL, Dec. 12 (Yonhap) --", "[BEIJING] ", "KUALA LUMPUR: ", with or without a day.
_CITY = r"(?P<city>[A-Z][A-Za-z.’'-]{1,20}(?: [A-Z][A-Za-z.’'-]{1,20}){0,2})"
_MONTH_START = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_REGION = rf"(?:, (?!{_MONTH_START})[A-Z][A-Za-z.’' -]{{2,30}})?"
_AGENCY = r"(?:\((?P<agency>[^()\n]{2,60})\)|/ ?[\w .-]{2,30} ?/)"
_DAY = r"(?P<day>[^\n()—–:]{0,12}\d{1,2}[^\n()—–:]{0,24}?)"
_GAP = r"[^\S\n]*"
_DATELINE = re.compile(
    rf"(?m)(?:^|(?<=\s))\[?{_CITY}{_REGION}\]?"
    rf"(?:,{_GAP}{_DAY})?{_GAP}(?:{_AGENCY})?{_GAP}(?:,?{_GAP}{_DAY.replace('day', 'later')})?"
    rf"{_GAP}(?P<dash>--|—|–|-(?=\s)|:(?=\s)|(?<=\])(?=\s)){_GAP}"
    rf"(?P<last>(?:{_MONTH_START})[a-z]*\.? \d{{1,2}}, \d{{4}}\.{_GAP})?"
)
#: "JAKARTA Jan 8 Indonesia's mining ministry ...": older wires put nothing between.
_DATELINE_BARE = re.compile(
    rf"(?m)^(?P<city>[A-Z]{{3,}}(?: [A-Z]{{2,}}){{0,2}}),? (?P<day>(?:{_MONTH_START})[a-z]*\.? "
    r"\d{1,2})(?P<later>)(?P<last>)(?P<agency>) (?=[A-Z])"
)
#: "TOKYO (Agency - 23rd July, 2023) ..."
_DATELINE_BRACKET = re.compile(
    rf"(?m)^{_CITY}{_REGION}{_GAP}\((?P<agency>[^()\n\d]{{2,40}}?){_GAP}[-–,]{_GAP}"
    rf"(?P<day>[^()\n]{{4,25}})\)(?P<later>)(?P<last>){_GAP}(?:--|—|–|-)?{_GAP}"
)
_DATELINES = (_DATELINE, _DATELINE_BARE, _DATELINE_BRACKET)
_PLACES = ("capital",)
_NEAR_LINE = 60
#: Labels of a date that is not the document's own.
_OTHER_LABEL = re.compile(
    r"\b(?:event|meeting|from|to|by|as of|since|on|in)\b[^\n]{0,20}$",
    re.IGNORECASE,
)
_NOT_OWN = re.compile(
    r"\b(?:effective|in force|entry into force|deadline|comments?|due|expir\w+|valid|until)\b"
    r"[^\n]{0,20}$",
    re.IGNORECASE,
)
_OWN_LABEL = re.compile(
    r"\b(?:published|publication date|issu(?:ed|ing date|e date)|date of issue|released?|posted"
    r"|updated|dated?|announced)\b[^\n]{0,25}$|\bfederal register\b[^\n]{0,50}$",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"\d{1,2}:\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?)?|\b(?:[AP]M|UTC|GMT|EST|EDT|ET|CET|JST|KST|IST)\b"
    r"|[+-]\d{1,2}:\d{2}|\b(?:at|mon|tue|wed|thu|fri|sat|sun)[a-z]*\b|[|·#*\d\s,.:()+-]",
    re.IGNORECASE,
)
_HEAD, _TAIL = 1500, 300


@dataclass(frozen=True)
class Dateline:
    """The date of a document, the basis for it, its time zone, and the spans to mask."""

    day: date
    basis: str  # leading | dateline | markup | written | file
    zone: str | None
    spans: tuple[tuple[int, int], ...] = ()

    def mask(self, text: str) -> str:
        """`text` of the same length with the dateline as a paragraph break."""
        for begin, end in self.spans:
            text = text[:begin] + "\n" * (end - begin) + text[end:]
        return text


def find_dateline(text: str, published: str | None, retrieved: date, lexicon: Lexicon) -> Dateline:
    """Find the date of a document.

    The first of: a labelled publication date, an agency dateline, a leading date, the mark of the
    page, a line that is only a date, the date of the file. A day without a year is the last such
    day before the other marks, or before the file was retrieved.
    """
    agency = next((zone for name, zone in lexicon.agencies.items() if name in text[-80:]), None)
    leading = _LEADING.match(text)
    mark = _marked(published)
    given = date.fromisoformat(leading[1]) if leading else mark
    latest = given or retrieved
    head = text[:_HEAD]
    spans = [leading.span()] if leading else []
    zone, day = agency, None
    if dateline := _agency_dateline(head, latest, lexicon):
        match, day = dateline
        spans.append(match.span())
        named = lexicon.agencies.get((match["agency"] or "").split("/")[0].strip())
        zone = lexicon.zones.get(match["city"].title()) or named or agency
    found = (
        (day, "dateline"),
        (_own_line(text, head, latest, labelled=True), "written"),
        (date.fromisoformat(leading[1]) if leading else None, "leading"),
        (mark, "markup"),
        (_own_line(text, head, latest, labelled=False), "written"),
        (retrieved, "file"),
    )
    day, basis = next((one, kind) for one, kind in found if one)
    return Dateline(day, basis, zone, tuple(spans))


def _marked(published: str | None) -> date | None:
    found = re.match(r"\d{4}-\d{2}-\d{2}", published or "")
    try:
        return date.fromisoformat(found.group()) if found else None
    except ValueError:
        return None  # "0000-00-00" and its like


def _agency_dateline(
    head: str, latest: date, lexicon: Lexicon
) -> tuple[re.Match[str], date | None] | None:
    """The first dateline, and its day where it has one.

    The city is known or in capitals; one without a day is known or has its agency beside it, since
    "AGENCY:" and other headings look alike.
    """
    for match in (m for form in _DATELINES for m in form.finditer(head)):
        city, agency = match["city"], match["agency"] or ""
        is_known = city.title() in lexicon.zones or bool(find_countries(city.title(), _PLACES))
        if re.search(r"\d{4}", agency) or not (is_known or city.isupper()):
            continue
        texts = [match[part] or "" for part in ("day", "later", "last")]
        written = next((day for text in texts for day in _days(text, latest)), None)
        if written:
            return match, written.day
        if not any(texts) and (is_known or agency):
            return match, None
    return None


def _days(text: str, latest: date) -> list[WrittenDate]:
    """Days in `text`; without a year the last such day up to `latest` (a day of grace)."""
    found = []
    for written in find_dates(text, year=latest.year):
        day = written.day
        if day.year not in range(1900, 2200):
            continue  # a number that looks like a year
        if not re.search(r"\d{4}", text[written.start : written.end]) and (day - latest).days > 1:
            day = day.replace(year=day.year - 1) if (day.month, day.day) != (2, 29) else day
        if written.precision == "day":
            found.append(WrittenDate(day, "day", written.start, written.end))
    return found


def _own_line(text: str, head: str, latest: date, *, labelled: bool) -> date | None:
    """The date of a line that is about nothing else, at the head or at the very end."""
    for part in (head, text[-_TAIL:] if len(text) > _HEAD or not labelled else ""):
        for written in _days(part, latest):
            before = part[: written.start].rpartition("\n")[2][-_NEAR_LINE:]
            after = part[written.end :].partition("\n")[0]
            if _NOT_OWN.search(before):
                continue
            if _OWN_LABEL.search(before):
                # "announced on 9 October that ..." in running text is no label
                if labelled and len(before) < _NEAR_LINE and _is_short(after):
                    return written.day
                continue
            if labelled or _OTHER_LABEL.search(before):
                continue
            if not before.strip() and re.match(r"\s*[-–—:|]\s", after):
                return written.day
            if not _CLOCK.sub("", after) and _is_short_label(_CLOCK.sub("", before)):
                return written.day
    return None


def _is_short(after: str) -> bool:
    rest = _CLOCK.sub("", after)
    return len(rest) < 12 or after.lstrip()[:1] in ("|", "·", "/")


def _is_short_label(before: str) -> bool:
    return len(before) < 30 and "." not in before
