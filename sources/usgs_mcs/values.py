"""Value cells of the Mineral Commodity Summaries: a number, a bound, a range or a reason.

A reason is never turned into zero.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

#: The statuses of a cell; the marts use the same ones.
STATUSES = (
    "reported", "estimated", "withheld", "not_available", "not_applicable", "zero", "trace",
    "net_exporter", "unknown", "qualitative", "included_elsewhere",
)  # fmt: skip


class UnreadableValueError(ValueError):
    """The text is none of the known spellings of a value."""


@dataclass(frozen=True)
class Value:
    """One cell in the printed unit; a range or a trace has bounds and no point value."""

    text: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    operator: str = "="
    status: str = "unknown"
    is_estimated: bool = False
    repair: str | None = None


#: Marks for a reason. `E` (net exporter) occurs in net import reliance only.
_MARKS = {
    "": "unknown",
    "w": "withheld",
    "na": "not_available",
    "xx": "not_applicable",
    "e": "net_exporter",
}
_DASHES = frozenset({"—", "–", "-", "--", "---", "−"})
_HALF = r"(?:(?:a|one|1)?[ -]*half|½|1/2|0\.5)"
_TRACE = re.compile(
    rf"s|<\s*(?:1|{_HALF})|less than {_HALF}(?: an?)?[ -](?:unit|(?:metric )?tons?)", re.I
)
_LESS_THAN = re.compile(r"(less|more) than ([\d,.]+)\b.*", re.I)
_QUALITATIVE = re.compile(
    r"(categori[zx]ed as|considered)?( to be)?[ \"“]*"
    r"(very )?(small|moderate|large)( to (very )?(large|moderate))?[ \"”]*( in quantity)?.*"
    r"|variable, depending on .*",
    re.I,
)
_INCLUDED = re.compile(r"\b(are )?included (in|with)\b", re.I)
_NUMBER = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+"
_SINGLE = re.compile(
    rf"(?P<est>e\s*)?(?P<sign>[-−?])?(?P<op>[<>≤≥]=?)?\s*(?P<n>{_NUMBER})"
    r"(?P<glued>(?<=,\d{3})\d{1,2})?\s*(?:%|(?P<est_after>e))?"
)
_RANGE = re.compile(rf"(?P<est>e\s*)?(?P<low>{_NUMBER})\s*(?:–|—|-|to)\s*(?P<high>{_NUMBER})\s*%?")
_OPERATORS = {"≤": "<=", "≥": ">=", "≤=": "<=", "≥=": ">="}
_SUPERSCRIPTS = str.maketrans("", "", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_GLUED = re.compile(r"(W|NA|XX)\s?(?:e|\d{1,2})", re.I)
_NOTE_MARK = re.compile(r"(?P<mark>W|NA|XX)(?: for (?P<years>\d{2,4}(?:-\d{2,4})?))?[.]?", re.I)


def parse_value(text: str, *, note: str = "", estimated: bool = False, year: int = 0) -> Value:
    """Parse the cell `text`.

    Args:
        note: gives the reason where the cell itself is blank.
        estimated: whether header or type label mark the column as estimated.
        year: decides whether a note such as `na for 2023` applies to this cell.
    Raises:
        UnreadableValueError: the text is none of the known spellings.
    """
    clean = " ".join(text.replace("\xa0", " ").replace("⁄", "/").split()).rstrip(".")
    clean = clean.translate(_SUPERSCRIPTS)
    if glued := _GLUED.fullmatch(clean):
        clean = glued[1]  # without the footnote or estimate mark that was a superscript
    read = _reason(clean) or _number(clean) if clean or not text.strip() else None
    if read is None:
        raise UnreadableValueError(f"unknown spelling of a value: {text!r}")
    read = replace(read, text=text.strip())
    if read.value is None and read.status in ("unknown", "not_available", "trace"):
        read = _with_note(read, " ".join(note.replace("\xa0", " ").split()), year)
    if read.status == "reported":
        marked = estimated or read.is_estimated
        return replace(read, status="estimated" if marked else "reported", is_estimated=marked)
    return replace(read, is_estimated=read.is_estimated or (read.status == "zero" and estimated))


def _reason(clean: str) -> Value | None:
    if clean in _DASHES:
        return Value(clean, 0.0, 0.0, 0.0, status="zero")
    if (status := _MARKS.get(clean.lower())) is not None:
        return Value(clean, status=status)
    if _TRACE.fullmatch(clean):
        # positive, but rounded to zero: at most half a printed unit, or one unit if stated
        return Value(clean, None, 0.0, 1.0 if clean.endswith("1") else 0.5, "<", "trace")
    if _INCLUDED.search(clean):
        return Value(clean, status="included_elsewhere")
    if _QUALITATIVE.fullmatch(clean):
        return Value(clean, status="qualitative")
    return None


def _number(clean: str) -> Value | None:
    if re.search(r"\d{16}", clean.replace(",", "")):
        return None  # no quantity of the summaries has so many digits
    if bound := _LESS_THAN.fullmatch(clean):
        return _bounded("<" if bound[1].lower() == "less" else ">", _float(bound[2].rstrip(",.")))
    if found := _RANGE.fullmatch(clean):
        low, high = _float(found["low"]), _float(found["high"])
        if low > high:
            return None
        return Value(clean, None, low, high, "=", "reported", bool(found["est"]))
    found = _SINGLE.fullmatch(clean)
    if not found or (found["sign"] and found["op"]):
        return None
    number = _float(found["n"]) * (-1 if found["sign"] else 1)
    estimated = bool(found["est"] or found["est_after"])
    if found["op"]:
        return replace(
            _bounded(_OPERATORS.get(found["op"], found["op"]), number), is_estimated=estimated
        )
    # U+2212 does not exist in Windows-1252: the publisher's export has a question mark instead
    repair = "minus sign restored from '?'" if found["sign"] == "?" else None
    repair = f"footnote {found['glued']} taken off" if found["glued"] else repair
    status = "reported" if number else "zero"
    return Value(clean, number, number, number, "=", status, estimated, repair)


def _bounded(operator: str, number: float) -> Value:
    low, high = (number, None) if operator.startswith(">") else (0.0, number)
    return Value("", number, low, high, operator, "reported")


def _float(text: str) -> float:
    return float(text.replace(",", ""))


def _with_note(read: Value, note: str, year: int) -> Value:
    if _INCLUDED.search(note):
        return replace(read, low=None, high=None, operator="=", status="included_elsewhere")
    if read.status != "trace" and _QUALITATIVE.fullmatch(note):
        return replace(read, status="qualitative")
    if read.status != "unknown" or not note:
        return read
    if (mark := _NOTE_MARK.fullmatch(note)) and _applies_to(mark["years"], year):
        return replace(read, status=_MARKS[mark["mark"].lower()])
    reason = _reason(note.rstrip("."))
    return replace(reason, text=read.text) if reason and reason.status == "trace" else read


def _applies_to(years: str | None, year: int) -> bool:
    if not years or not year:
        return True
    ends = [int(y) % 100 for y in years.split("-")]
    return ends[0] <= year % 100 <= ends[-1]
