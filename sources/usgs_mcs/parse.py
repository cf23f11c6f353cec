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
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from sources.kit.problems import Problems
from sources.usgs_mcs.editions import Issue, identify_issue
from sources.usgs_mcs.front_matter_reader import (
    find_front_matter_year,
    is_front_matter,
    read_front_matter,
)
from sources.usgs_mcs.labels import read_year
from sources.usgs_mcs.layouts import LONG, SALIENT, SINGLE, SOURCE_ID, WORLD, Sheet, read_sheet
from sources.usgs_mcs.long_layout import read_long
from sources.usgs_mcs.row_buffer import RowBuffer
from sources.usgs_mcs.salient import read_salient
from sources.usgs_mcs.wide_layout import has_years_of, read_wide, require_years_of

#: Files of a release without tables: metadata and revision notes.
_DOCUMENTS = (".xml", ".txt", ".pdf", ".html", ".md", ".docx")

#: The edition's year, a table of it, and its raw file (a zip, or the file itself).
Dated = tuple[int, Sheet, RawFile]


def parse(files: Sequence[RawFile]) -> Iterable[Parsed]:
    """Yield one `Parsed` per edition.

    Figures are in the printed unit, shares of imports 0 to 1.

    Raises:
        UnknownLayoutError: a file has an unknown header, or no file has a table.
        CorruptFileError: a file is broken, its edition is unclear, or a table is given twice.
            The problems of all files are in one error.
    """
    problems = Problems()
    sheets: list[tuple[Sheet, RawFile]] = []
    front: list[tuple[RawFile, RawFile]] = []
    n_files = 0
    for payload, file in _open_archives(files):
        n_files += 1
        with problems.collected():
            if is_front_matter(file):
                front.append((file, payload))
            else:
                sheets.append((read_sheet(file), payload))
    # a long file is an issue by itself; the files of the other layouts are one issue together
    by_set: dict[tuple[int, str], list[Dated]] = defaultdict(list)
    for sheet, payload in sheets:
        with problems.collected():
            year = find_edition_year(sheet)
            _require_readable(sheet, year)
            key = year, sheet.file.sha256 if sheet.is_long else ""
            by_set[key].append((year, sheet, payload))
    for dated in by_set.values():
        problems.found += _duplicate_tables(dated)
    problems.raise_all(n_files)
    if not sheets:
        raise UnknownLayoutError(
            SOURCE_ID,
            "no file has a world, salient or import source table",
            place=", ".join(f.name for f in files) or "no file",
            remedy="give the release's CSV files or zips (World_Data_Release, Salient, "
            "MCS<year>_Commodities_Data.csv)",
        )
    by_issue: dict[Issue, list[Dated]] = defaultdict(list)
    for (year, _), dated in by_set.items():
        by_issue[identify_issue(year, [sheet for _, sheet, _ in dated])] += dated
    for dated in by_issue.values():
        problems.found += _duplicate_tables(dated)
    problems.raise_all(n_files)
    for issue in sorted(by_issue, key=lambda issue: issue.edition):
        yield _parsed(issue, by_issue[issue], front)


def _parsed(issue: Issue, sheets: list[Dated], front: list[tuple[RawFile, RawFile]]) -> Parsed:
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
        if find_front_matter_year(file) in (0, int(issue.edition[:4])):
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
    """The year of the edition: of the Source column, the newest figures, or the file's place.

    Raises:
        CorruptFileError: content and file name disagree, or neither has a year.
    """
    inside, named = _year_inside(sheet), sheet.named.year
    if inside and named and inside != named:
        raise CorruptFileError(
            SOURCE_ID,
            f"the content is of edition {inside}, the file name of {named}",
            place=sheet.file.name,
            remedy="check the origin of the file; rename it if necessary",
        )
    if year := inside or named or sheet.named.folder_year:
        return year
    raise CorruptFileError(
        SOURCE_ID,
        "neither content, file name nor folder contains the edition",
        place=sheet.file.name,
        remedy="name the file or its folder after the edition (mcs2024-…)",
    )


def _require_readable(sheet: Sheet, year: int) -> None:
    """Raise what reading the sheet would, before anything is read.

    Raises:
        CorruptFileError: the commodity is unknown, or the columns are of other years.
    """
    if sheet.is_of_one_commodity and sheet.slug and not _is_misnamed(sheet):
        if sheet.layout == WORLD:
            require_years_of(sheet, year)
    elif sheet.layout == SINGLE:
        require_years_of(sheet, year)


def _year_inside(sheet: Sheet) -> int:
    if sheet.is_long:  # the newest reference year is the year before the edition
        years = [read_year(cells[7]) for _, cells in sheet.lines if len(cells) > 7]
        plain = [int(year) for year in years if re.fullmatch(r"20\d\d", year)]
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


def _duplicate_tables(sheets: list[Dated]) -> list[SourceError]:
    """One error per table that occurs twice."""
    seen: dict[tuple[str, str], Sheet] = {}
    found: list[SourceError] = []
    for _, sheet, _ in sheets:
        key = (sheet.layout, sheet.slug if sheet.is_of_one_commodity else "")
        if (first := seen.get(key)) is not None:
            same = first.file.sha256 == sheet.file.sha256
            what = "the same file was given twice" if same else "two files have the same table"
            found.append(
                CorruptFileError(
                    SOURCE_ID,
                    f"{what}: {first.file.name} and {sheet.file.name}",
                    place=sheet.file.name,
                    remedy="keep the newer issue and leave the other out",
                )
            )
        elif not _is_misnamed(sheet):
            seen[key] = sheet
    return found


def _is_misnamed(sheet: Sheet) -> bool:
    """Whether a world table has a salient file name.

    Three files of 2024 have: cobalt's is outdated, those of gypsum and kyanite are the world file.
    """
    return sheet.layout == WORLD and sheet.named.kind == "salient"


def _open_archives(files: Iterable[RawFile]) -> Iterator[tuple[RawFile, RawFile]]:
    """Yield each given file with each table file in it; archives may contain archives."""
    for file in files:
        for member in iter_members(file, SOURCE_ID):
            if not member.place.lower().endswith(_DOCUMENTS):
                folders = [file.hints.get("folder", ""), member.folder]
                if member.place != file.name:
                    folders.insert(1, file.name)
                # unchanged: an issue is recognised by the hashes of its files
                yield (
                    file,
                    replace(
                        file,
                        name=member.place,
                        content=member.unchanged_content(),
                        hints={**file.hints, "folder": "/".join(filter(None, folders))},
                    ),
                )
