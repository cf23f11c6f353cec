"""Sources' room: the publisher's files of any known edition in, three landed tables out.

Takes zips, loose files or both, of one or several editions; each edition is one partition and
is landed whole, so give all files of an edition together.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import BrokenFile, UnknownLayout
from sources.usgs_mcs.editions import Issue, issue_of
from sources.usgs_mcs.layouts import LONG, NAME, SALIENT, SINGLE, SOURCE_ID, Sheet, read_sheet
from sources.usgs_mcs.long import read_long
from sources.usgs_mcs.rows import Tray
from sources.usgs_mcs.salient import read_salient
from sources.usgs_mcs.wide import read_wide

#: Companions of a release that hold no table: metadata and revision notes.
_DOCUMENTS = (".xml", ".txt", ".pdf", ".html", ".md", ".docx")
_NAMED_YEAR = re.compile(r"mcs[ _-]?(20\d\d)", re.I)
#: Front matter (figures and tables of the report's introduction): not a table of this source.
_FRONT_MATTER = re.compile(r"(^|[_-])(fig|t)\d{1,2}[_-]", re.I)


def parse(files: Sequence[RawFile]) -> Iterable[Parsed]:
    """One `Parsed` per edition. Raises `UnknownLayout` or `BrokenFile`, naming the file."""
    sheets, front = [], []
    for file in _unpacked(files):
        if _FRONT_MATTER.search(file.name.rsplit("/", 1)[-1]):
            front.append(file)
        else:
            sheets.append(read_sheet(file))
    if not sheets:
        raise UnknownLayout(
            SOURCE_ID,
            "no file holds a world, salient or import source table",
            place=", ".join(f.name for f in files) or "no file at all",
            remedy="give the release's CSV files or zips (World_Data_Release, Salient, "
            "MCS<year>_Commodities_Data.csv)",
        )
    by_issue: dict[Issue, list[tuple[int, Sheet]]] = defaultdict(list)
    for sheet in sheets:
        year = edition_year_of(sheet)
        by_issue[issue_of(year, sheet.file.content if sheet.is_long else b"")].append((year, sheet))
    for issue in sorted(by_issue, key=lambda issue: issue.edition):
        yield _parsed(issue, by_issue[issue], front)


def _parsed(issue: Issue, sheets: list[tuple[int, Sheet]], front: list[RawFile]) -> Parsed:
    tray = Tray()
    for year, sheet in sorted(sheets, key=lambda pair: pair[1].file.name):
        if sheet.layout == LONG:
            read_long(sheet, year, tray)
        elif sheet.layout == SALIENT:
            read_salient(sheet, tray)
        elif sheet.layout != SINGLE and sheet.named and sheet.named["kind"].lower() == "salient":
            # cobalt, gypsum and kyanite of 2024: a (stale) world table under a salient name
            for number, cells in sheet.lines:
                tray.refuse("a world table in a salient file", sheet.file, number, cells)
        else:
            read_wide(sheet, year, tray)
    for file in front:
        named = _NAMED_YEAR.search(file.name)
        if named is None or issue.edition.startswith(named[1]):
            tray.refuse("front matter, not a table of this source", file, 1, [file.name])
    _refuse_two_of_a_kind(sheets)
    return Parsed(
        partition=issue.edition,
        edition=issue.edition,
        known_from_date=issue.known_from_date,
        known_from_basis=issue.known_from_basis,
        tables=tray.tables(issue),
        files=[sheet.file for _, sheet in sheets],
        quarantine=tuple(tray.quarantine),
    )


def edition_year_of(sheet: Sheet) -> int:
    """The edition's year by the Source column, the file's name, or the newest year inside."""
    inside = _year_inside(sheet)
    named = _NAMED_YEAR.search(sheet.file.name)
    if inside and named and inside != int(named[1]):
        raise BrokenFile(
            SOURCE_ID,
            f"its content is of edition {inside}, its name of {named[1]}",
            place=sheet.file.name,
            remedy="check where the file came from; rename it if need be",
        )
    if not inside and not named:
        raise BrokenFile(
            SOURCE_ID,
            "neither content nor name says which edition this is",
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
        raise BrokenFile(
            SOURCE_ID,
            f"the Source column names several editions: {sorted(found)}",
            place=sheet.file.name,
        )
    return found.pop() if found else 0


def _refuse_two_of_a_kind(sheets: list[tuple[int, Sheet]]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for _, sheet in sheets:
        per_commodity = sheet.layout not in (LONG, SINGLE)
        key = (sheet.layout, sheet.slug if per_commodity else "")
        if key in seen:
            raise BrokenFile(
                SOURCE_ID,
                f"two different files hold the same table: {seen[key]} and this one",
                place=sheet.file.name,
                remedy="keep the newer issue and leave the other out",
            )
        if not (
            sheet.named
            and sheet.layout not in (SALIENT, SINGLE, LONG)
            and sheet.named["kind"].lower() == "salient"
        ):
            seen[key] = sheet.file.name


def _unpacked(files: Iterable[RawFile]) -> Iterator[RawFile]:
    """Every table file once: zips opened (also zips within), documents left out."""
    seen: set[tuple[str, str]] = set()
    for file in _opened(files):
        # gypsum of 2024 has the same bytes as its world and as its salient file: two things
        named = NAME.search(file.name)
        mark = (file.sha256, named["kind"].lower() if named else "")
        if not file.name.lower().endswith(_DOCUMENTS) and mark not in seen:
            seen.add(mark)
            yield file


def _opened(files: Iterable[RawFile]) -> Iterator[RawFile]:
    for file in files:
        if file.name.lower().endswith(".zip"):
            yield from _opened(_members(file))
        else:
            yield file


def _members(file: RawFile) -> Iterator[RawFile]:
    try:
        with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
            for info in sorted(archive.infolist(), key=lambda info: info.filename):
                if not info.is_dir() and not info.filename.startswith("__MACOSX"):
                    yield replace(
                        file, name=f"{file.name}!{info.filename}", content=archive.read(info)
                    )
    except (zipfile.BadZipFile, EOFError) as error:
        raise BrokenFile(
            SOURCE_ID,
            f"the zip cannot be opened: {error}",
            place=file.name,
            remedy="download it again",
        ) from error
