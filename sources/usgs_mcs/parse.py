"""Parser of the publisher's files of any known edition, to four landed tables.

Takes zips, single files or both, of one or several editions. Each edition is one partition and is
landed as a whole, so all files of an edition must be given together.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sources.kit.archives import iter_members
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import CorruptFileError, UnknownLayoutError
from sources.usgs_mcs.editions import Issue, identify_issue
from sources.usgs_mcs.front_matter_reader import NAMED, read_front_matter
from sources.usgs_mcs.layouts import LONG, SALIENT, SOURCE_ID, WORLD, Sheet, read_sheet
from sources.usgs_mcs.long_layout import read_long
from sources.usgs_mcs.row_buffer import RowBuffer
from sources.usgs_mcs.salient import read_salient
from sources.usgs_mcs.wide_layout import has_years_of, read_wide

#: Files of a release without tables: metadata and revision notes.
_DOCUMENTS = (".xml", ".txt", ".pdf", ".html", ".md", ".docx")
_NAMED_YEAR = re.compile(r"mcs[ _-]?(20\d\d)", re.I)

#: The edition's year, a table of it, and its raw file (a zip, or the file itself).
Dated = tuple[int, Sheet, RawFile]


def parse(files: Sequence[RawFile]) -> Iterable[Parsed]:
    """Yield one `Parsed` per edition.

    Figures are in the printed unit, shares of imports 0 to 1.

    Raises:
        UnknownLayoutError: a file has an unknown header, or no file has a table.
        CorruptFileError: a file is broken, its edition is unclear, or a table is given twice.
    """
    sheets: list[tuple[Sheet, RawFile]] = []
    front: list[tuple[RawFile, RawFile]] = []
    for payload, file in _open_archives(files):
        if NAMED.search(file.name):
            front.append((file, payload))
        else:
            sheets.append((read_sheet(file), payload))
    if not sheets:
        raise UnknownLayoutError(
            SOURCE_ID,
            "no file has a world, salient or import source table",
            place=", ".join(f.name for f in files) or "no file",
            remedy="give the release's CSV files or zips (World_Data_Release, Salient, "
            "MCS<year>_Commodities_Data.csv)",
        )
    # a long file is an issue by itself; the files of the other layouts are one issue together
    by_set: dict[tuple[int, str], list[Dated]] = defaultdict(list)
    for sheet, payload in sheets:
        year = find_edition_year(sheet)
        by_set[year, sheet.file.sha256 if sheet.is_long else ""].append((year, sheet, payload))
    by_issue: dict[Issue, list[Dated]] = defaultdict(list)
    for (year, _), dated in by_set.items():
        by_issue[identify_issue(year, [sheet for _, sheet, _ in dated])] += dated
    for issue in sorted(by_issue, key=lambda issue: issue.edition):
        yield _parsed(issue, by_issue[issue], front)


def _parsed(issue: Issue, sheets: list[Dated], front: list[tuple[RawFile, RawFile]]) -> Parsed:
    _reject_duplicate_tables(sheets)
    buffer = RowBuffer()
    world_slugs = {s.slug for _, s, _ in sheets if s.layout == WORLD and not _is_misnamed(s)}
    for year, sheet, _ in sorted(sheets, key=lambda dated: dated[1].file.name):
        if sheet.layout == LONG:
            read_long(sheet, year, buffer)
        elif sheet.layout == SALIENT:
            read_salient(sheet, buffer)
        elif _is_misnamed(sheet) and (sheet.slug in world_slugs or not has_years_of(sheet, year)):
            for number, cells in sheet.lines:
                buffer.quarantine_line("a world table in a salient file", sheet.file, number, cells)
        else:
            read_wide(sheet, year, buffer)
    build_payload = {sheet.file.sha256: payload for _, sheet, payload in sheets}
    for file, payload in front:
        named = _NAMED_YEAR.search(file.name)
        if named is None or issue.edition.startswith(named[1]):
            read_front_matter(file, buffer)
            build_payload[file.sha256] = payload
    payloads = {payload.sha256: payload for payload in build_payload.values()}
    return Parsed(
        partition=issue.edition,
        edition=issue.edition,
        known_from_date=issue.known_from_date,
        known_from_basis=issue.known_from_basis,
        tables=buffer.tables(issue, {name: p.sha256 for name, p in build_payload.items()}),
        files=list(payloads.values()),
        quarantine=tuple(buffer.quarantine),
    )


def find_edition_year(sheet: Sheet) -> int:
    """The year of the edition: of the Source column, the file name or the newest figures.

    Raises:
        CorruptFileError: content and file name disagree, or neither has a year.
    """
    inside = _year_inside(sheet)
    named = _NAMED_YEAR.search(sheet.file.name)
    if inside and named and inside != int(named[1]):
        raise CorruptFileError(
            SOURCE_ID,
            f"the content is of edition {inside}, the file name of {named[1]}",
            place=sheet.file.name,
            remedy="check the origin of the file; rename it if necessary",
        )
    if not inside and not named:
        raise CorruptFileError(
            SOURCE_ID,
            "neither content nor file name contains the edition",
            place=sheet.file.name,
            remedy="keep the publisher's file name (mcs2024-…)",
        )
    return inside or int(named[1]) if named else inside


def _year_inside(sheet: Sheet) -> int:
    if sheet.is_long:  # the newest reference year is the year before the edition
        years = [cells[7] for _, cells in sheet.lines if len(cells) > 7]
        plain = [int(y) for y in years if re.fullmatch(r"20\d\d", y.strip())]
        return max(plain) + 1 if plain else 0
    marks = {cells[0].strip() for _, cells in sheet.lines} - {""}
    found = {int(m[1]) for mark in marks if (m := re.fullmatch(r"MCS\s*(20\d\d)", mark))}
    if len(found) > 1:
        raise CorruptFileError(
            SOURCE_ID,
            f"the Source column names several editions: {sorted(found)}",
            place=sheet.file.name,
            remedy="files may have been joined; download them again",
        )
    return found.pop() if found else 0


def _reject_duplicate_tables(sheets: list[Dated]) -> None:
    seen: dict[tuple[str, str], Sheet] = {}
    for _, sheet, _ in sheets:
        key = (sheet.layout, sheet.slug if sheet.layout in (WORLD, SALIENT) else "")
        if (first := seen.get(key)) is not None:
            same = first.file.sha256 == sheet.file.sha256
            what = "the same file was given twice" if same else "two files have the same table"
            raise CorruptFileError(
                SOURCE_ID,
                f"{what}: {first.file.name} and {sheet.file.name}",
                place=sheet.file.name,
                remedy="keep the newer issue and leave the other out",
            )
        if not _is_misnamed(sheet):
            seen[key] = sheet


def _is_misnamed(sheet: Sheet) -> bool:
    """Whether a world table has a salient file name.

    Three files of 2024 have: cobalt's is outdated, those of gypsum and kyanite are the world file.
    """
    named = sheet.named
    return sheet.layout == WORLD and named is not None and named["kind"].lower() == "salient"


def _open_archives(files: Iterable[RawFile]) -> Iterator[tuple[RawFile, RawFile]]:
    """Yield each given file with each table file in it; archives may contain archives."""
    for file in files:
        for member in iter_members(file, SOURCE_ID):
            if not member.place.lower().endswith(_DOCUMENTS):
                # unchanged: an issue is recognised by the hashes of its files
                yield file, replace(file, name=member.place, content=member.unchanged_content())
