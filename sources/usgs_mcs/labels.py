"""Labels: country texts without footnotes and estimate marks, row kinds, keys of the seeds."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: Names that end in `e`; any other final `e` is a superscript "estimated" joined to the name.
_TRUE_E = frozenset(
    {
        "belize", "cabo verde", "cape verde", "chile", "côte d'ivoire", "côte d’ivoire",
        "cote d'ivoire", "france", "greece", "guadeloupe", "martinique", "mozambique", "niue",
        "sao tome and principe", "são tomé and príncipe", "sierra leone", "singapore",
        "suriname", "timor-leste", "ukraine", "zimbabwe",
    }
)  # fmt: skip
#: Names of one country that contain "and".
_ONE_COUNTRY = re.compile(
    r"(trinidad|antigua|bosnia|turks|wallis|svalbard|heard|saint|st\.|sao|são|serbia) ?", re.I
)
_FOOTNOTE = re.compile(r"(?<=[^\d\s])\s?\d{1,2}$")


@dataclass(frozen=True)
class CountryLabel:
    """A parsed country cell."""

    name: str
    row_kind: str  # country | other_countries | world_total | multi_country
    is_estimated: bool  # a superscript e was fused to the name


def read_country(text: str) -> CountryLabel:
    """Parse `Korea, Republic ofe` (Korea, Republic of; estimated) or `World total (rounded)10`.

    Returns:
        Name, row kind (country, other_countries, world_total, multi_country) and estimate mark.
    """
    name = _FOOTNOTE.sub("", squeeze(text))
    fused = _has_fused_e(name)
    name = name[:-1].rstrip() if fused else name
    low = name.lower()
    if low.startswith("world"):
        kind = "world_total"
    elif low == "other" or low.startswith("other countries"):
        kind = "other_countries"
    elif " and " in low.split("(")[0] and not _ONE_COUNTRY.match(low):
        kind = "multi_country"
    else:
        kind = "country"
    return CountryLabel(name, kind, fused)


def _has_fused_e(name: str) -> bool:
    low = name.lower()
    if not low.endswith("e") or low in _TRUE_E:
        return False
    if "," in low:  # "Argentina, crude ore" ends in a form, "Korea, Northe" in a mark
        return low.endswith((" ofe", ", northe", ", southe"))
    return True


def squeeze(text: str) -> str:
    """Single spaces between words, none around; no-break spaces are spaces."""
    return " ".join(text.replace("\xa0", " ").split())


def read_year(text: str) -> str:
    """The text of a year cell: 2021 where a program has made it 2021.0."""
    return re.sub(r"^(\d{4})\.0+$", r"\1", squeeze(text))


def commodity_key(text: str) -> str:
    """The commodity (or its five-letter name) in lower case, with single spaces."""
    return squeeze(text).lower()


_ROUNDED = re.compile(r"[:,]?\s*\(?\brounded\b\)?")
_ESTIMATED = re.compile(r",?\s*\bestimated\b")
_WORLD = re.compile(r"^world (total )?")


def type_key(text: str) -> str:
    """The type label in lower case without rounding and estimate marks: the key of the seeds."""
    key = squeeze(text).lower().replace("’", "'")
    for mark in (_ROUNDED, _ESTIMATED, _WORLD):
        key = mark.sub("", key)
    return squeeze(key).strip(" .,:;")


def has_estimate_mark(label: str) -> bool:
    """Whether a type label has the estimate mark (2025: "Mine production, estimated")."""
    return bool(_ESTIMATED.search(label.lower()))


def estimate_in_note(note: str, year: int) -> bool | None:
    """Whether a note marks the figure of a year as estimated; None if it does not mention it.

    "estimated in 2022 also", "estimated 2023", "Estimated. -- …" give True; "Reported in 2022",
    "reported" give False (files whose column is an estimate by its header).
    """
    for part in re.split(r"\s--\s|\.\s", note.lower()):
        years = re.findall(r"\b(20\d\d)\b", part)
        if years and str(year) not in years:
            continue
        if re.match(r"\W*(also |production in 20\d\d is also )?(re)?estimated\b", part):
            return True
        if re.match(r"\W*(reported|reproted|reported data|reported quantity)\b", part):
            return False
    return None
