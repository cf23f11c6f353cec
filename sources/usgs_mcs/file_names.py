"""What a file's name and folders state about it: edition, commodity and kind of table.

Names differ between editions and between two files of one edition (`mcs2023-zirco-hafni_salient`,
`mcs2023tellu_salient`, `MCS2024-bismu_world`), and copies are renamed or sorted into folders. The
content decides what a table is; only the commodity of a world table is stated nowhere else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

#: `mcs2024-galli_world`, with any or no mark between the parts; a prefix may stand before it
_PUBLISHED = re.compile(
    r"mcs[ _-]?(?P<year>20\d\d)[ _-]?(?P<slug>[a-z]+(?:[ _-][a-z]+)*?)[ _-](?P<kind>world|salient)",
    re.I,
)
_YEAR = re.compile(r"mcs[ _-]?(20\d\d)", re.I)
_FOLDER_YEAR = re.compile(r"(?<!\d)(20\d\d)(?!\d)")
_KIND = re.compile(r"(?<![a-z])(world|salient)(?![a-z])", re.I)
#: Words of names and folders that are no commodity.
_GENERAL = frozenset(
    {
        "mcs", "world", "salient", "data", "release", "releases", "csv", "copy", "final", "table",
        "tables", "usgs", "summaries", "commodity", "commodities", "individual", "mineral",
        "minerals", "production", "file", "files", "download", "downloads", "grouped", "ver",
        "version", "rev", "new", "old", "of", "the", "and", "in", "edition", "inbox", "raw", "v",
    }
)  # fmt: skip


@dataclass(frozen=True)
class FileName:
    """The parts of a file's place that were found: 0 or an empty text where there is none.

    `year` is that of the file's own name, `folder_year` that of a folder.
    """

    year: int
    folder_year: int
    slug: str
    kind: str


def read_file_name(place: str, folder: str = "") -> FileName:
    """Read `place`, the name of a file or its path in an archive, below `folder`."""
    *folders, name = [part for part in re.split(r"[\\/]", f"{folder}/{place}") if part]
    stem = re.sub(r"\.(csv|txt|tsv)$", "", name, flags=re.I)
    folder_years = [int(y) for part in folders for y in _FOLDER_YEAR.findall(part)]
    folder_year = folder_years[-1] if folder_years else 0
    if found := _PUBLISHED.search(stem):
        slug = re.sub(r"[ _-]+", "-", found["slug"].lower())
        return FileName(int(found["year"]), folder_year, slug, found["kind"].lower())
    named = _YEAR.search(stem)
    kinds = [k.lower() for part in (*folders, stem) for k in _KIND.findall(part)]
    slugs = [slug for part in (stem, *reversed(folders)) if (slug := _commodity_words(part))]
    return FileName(
        int(named[1]) if named else 0,
        folder_year,
        slugs[0] if slugs else "",
        kinds[-1] if kinds else "",
    )


def slug_of(commodity: str) -> str:
    """The name of a commodity as a part of a file name: letters, with hyphens between words."""
    return "-".join(re.findall(r"[a-z]+", commodity.lower()))


def _commodity_words(part: str) -> str:
    words = re.findall(r"[a-z]+", re.sub(r"\(\d+\)", " ", part.lower()))
    return "-".join(word for word in words if word not in _GENERAL)
