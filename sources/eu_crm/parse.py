"""Parser of the EU's criticality tables: five layouts, recognised by their columns.

Shares keep their per cent; a share printed as `<0.1%` keeps its operator. `-` is not assessed.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sources.kit.archives import unpack
from sources.kit.catalog import find_source, unknown_layout_error
from sources.kit.columns import parse_number
from sources.kit.contract import Parsed, QuarantinedRow, RawFile
from sources.kit.duplicates import (
    Claim,
    claim_partition,
    reject_duplicate_files,
    reject_duplicate_keys,
)
from sources.kit.errors import CorruptFileError
from sources.kit.tabular import add_lineage_columns, read_text_table

SOURCE = "eu_crm"
#: The studies appeared with the Commission's communication (COM(2017) 490) and with its proposal
#: of the Critical Raw Materials Act (COM(2023) 160).
PUBLISHED = {"2017": date(2017, 9, 13), "2023": date(2023, 3, 16)}
SUPPLY_USED = frozenset({"GS + EUS", "GS only", "EUS only"})
CONFIDENCE = frozenset({"high", "medium", "low"})
SUPPLIES = {"eusupply": "eu_sourcing", "globalsupply": "global"}
_PER_CENT = re.compile(r"([<>]?)\s*([0-9]+(?:\.[0-9]+)?)\s*%")

Cells = Mapping[str, str]
Row = dict[str, object]


@dataclass(frozen=True)
class _Layout:
    """The columns of a table, and how a line of text becomes a row."""

    table: str
    columns: frozenset[str]
    read: Callable[[Cells, str], Row]


def parse(files: Sequence[RawFile]) -> Iterator[Parsed]:
    """Yield one `Parsed` per table and edition (the study's year); of supply shares per supply.

    Raises:
        UnknownLayoutError: the columns belong to no table, or a file of supply shares does not say
            in its name which supply it is.
        CorruptFileError: a file is broken, has no valid row, or repeats a key.
        SourceError: the same file is given twice.
    """
    files = unpack(files, SOURCE)
    reject_duplicate_files(files, SOURCE)
    seen: dict[str, Claim] = {}
    for file in files:
        for parsed in _parse_file(file):
            yield from claim_partition(parsed, seen, SOURCE)


def _parse_file(file: RawFile) -> Iterator[Parsed]:
    names = {name for layout in LAYOUTS for name in layout.columns}
    table, ragged = read_text_table(file.content, source_id=SOURCE, place=file.name, columns=names)
    layout = _recognise(file, table.column_names)
    bad, rows, places = list(ragged), [], []
    for line, cells in enumerate(table.to_pylist(), start=2):
        trimmed = {name: " ".join(text.split()) for name, text in cells.items()}
        if not any(trimmed.values()):
            continue
        try:
            rows.append(layout.read(trimmed, file.name))
        except KeyError as missing:
            what = f"the table of {layout.table} lacks the column {missing}"
            raise unknown_layout_error(SOURCE, what, file.name) from None
        except ValueError as error:
            bad.append(QuarantinedRow(str(error), file.name, line, ",".join(cells.values())))
            continue
        places.append(f"{file.name}:{line}")
    if not rows:
        what = f"no row can be read; the first problem: {bad[0].reason}" if bad else "it has no row"
        raise CorruptFileError(SOURCE, what, place=file.name)
    if layout.table == "use_shares":
        _number_uses(rows)
    for part, chosen in _parts(layout.table, rows).items():
        quarantined = bad if part == next(iter(_parts(layout.table, rows))) else []
        yield _partition(file, layout, part, [(rows[i], places[i]) for i in chosen], quarantined)


def _recognise(file: RawFile, names: Sequence[str]) -> _Layout:
    for layout in LAYOUTS:
        if layout.columns <= {_plain(name) for name in names}:
            if layout.table == "supply_shares" and not _supply(file.name):
                what = (
                    "the name of a file of supply shares says which supply it is: "
                    f"it contains {' or '.join(sorted(SUPPLIES))}"
                )
                raise unknown_layout_error(SOURCE, what, file.name)
            return layout
    what = f"the columns {', '.join(names[:12])} belong to no known layout"
    raise unknown_layout_error(SOURCE, what, file.name)


def _plain(name: str) -> str:
    """The name without the currency sign, which is broken in some copies."""
    return name if name.isascii() else name.encode("ascii", "ignore").decode().strip()


def _supply(name: str) -> str | None:
    lower = name.lower()
    return next((supply for part, supply in SUPPLIES.items() if part in lower), None)


def _parts(table: str, rows: Sequence[Row]) -> dict[str, list[int]]:
    """The rows of each partition; recycling rates of two editions may be in one file."""
    parts: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        edition = "2023"
        if table in ("printed_inputs", "recycling_rates"):
            edition = str(row["assessment_year"])
        part = f"{edition}/{table}"
        parts.setdefault(f"{part}/{row['supply']}" if "supply" in row else part, []).append(i)
    return parts


def _partition(
    file: RawFile,
    layout: _Layout,
    part: str,
    rows: Sequence[tuple[Row, str]],
    bad: Sequence[QuarantinedRow],
) -> Parsed:
    edition = part.partition("/")[0]
    spec = find_source(SOURCE).tables[layout.table]
    key = [name for name in spec.key if name != "edition"]
    reject_duplicate_keys(
        [tuple(row[name] for name in key) for row, _ in rows],
        [place for _, place in rows],
        SOURCE,
        "give each table once",
    )
    table = add_lineage_columns(
        {column.name: [row[column.name] for row, _ in rows] for column in spec.columns},
        spec,
        edition=edition,
        known_from_date=PUBLISHED[edition],
        payload_sha256=file.sha256,
        row_locator=[place for _, place in rows],
    )
    tables = {layout.table: table}
    return Parsed(part, edition, PUBLISHED[edition], "published", tables, [file], tuple(bad))


def _number_uses(rows: Sequence[Row]) -> None:
    counts: Counter[object] = Counter()
    for row in rows:
        counts[row["material"]] += 1
        row["use_number"] = counts[row["material"]]


def _printed_inputs(cells: Cells, place: str) -> Row:
    del place
    if cells["supply_used"] not in SUPPLY_USED:
        raise ValueError(f"unknown supply_used {cells['supply_used']!r}")
    names = (
        "supply_risk", "economic_importance", "import_reliance_pct", "eol_rir_pct", "si_ei",
        "si_sr", "hhi_wgi_t_global", "hhi_wgi_t_eu",
    )  # fmt: skip
    return {
        "material": _required(cells, "material"),
        "assessment_year": 2017,
        "stage": _required(cells, "stage"),
        "supply_used": cells["supply_used"],
        **{name: _number(cells, name) for name in names},
    }


def _printed_scores(cells: Cells, place: str) -> Row:
    del place
    found: Row = {
        "material": _required(cells, "Material"),
        "assessment_year": _year(cells["Year"]),
        "value_text": None,
    }
    for name, column in (("supply_risk", "SR"), ("economic_importance", "EI")):
        is_assessed = cells[column] != "-"
        found[name] = _number(cells, column) if is_assessed else None
        found["value_text"] = found["value_text"] if is_assessed else "-"
    return found


def _supply_shares(cells: Cells, place: str) -> Row:
    if cells["Stage"] not in ("E", "P"):
        raise ValueError(f"unknown stage {cells['Stage']!r}")
    share, operator = _share(cells["Share"])
    if operator == ">":
        raise ValueError(f"a supply share without an upper bound: {cells['Share']!r}")
    return {
        "supply": _supply(place),
        "material": _required(cells, "Material"),
        "stage": cells["Stage"],
        "country": _required(cells, "Country"),
        "share_pct": share,
        "share_operator": operator,
        "trade_variable": _number(cells, "t"),
    }


def _use_shares(cells: Cells, place: str) -> Row:
    del place
    value_added = next(text for name, text in cells.items() if name.startswith("VA in million"))
    share, operator = _share(cells["Share"]) if cells["Share"] else (None, "=")
    return {
        "material": _required(cells, "Material"),
        "use_number": 0,
        "application": _required(cells, "Application"),
        "share_pct": share,
        "share_operator": operator,
        "nace_sector": cells["NACE sector"] or None,
        "value_added_million_eur": parse_number(value_added),
    }


def _recycling_rates(cells: Cells, place: str) -> Row:
    del place
    rate, year = _number(cells, "eol_rir_share"), _year(cells["assessment_year"])
    if rate is None or not 0 <= rate <= 1:
        raise ValueError(f"not a share of 0 to 1: {cells['eol_rir_share']!r}")
    if str(year) not in PUBLISHED:
        raise ValueError(f"no known assessment of {year}")
    if cells["confidence"] not in CONFIDENCE:
        raise ValueError(f"unknown confidence {cells['confidence']!r}")
    return {
        "material": _required(cells, "material"),
        "assessment_year": year,
        "eol_rir_share": rate,
        "source_key": _required(cells, "source_key"),
        "confidence": cells["confidence"],
        "second_copy_share": _number(cells, "second_copy_share"),
        "note": cells["note"] or None,
    }


LAYOUTS = (
    _Layout(
        "printed_inputs",
        frozenset({"material", "stage", "supply_used", "si_ei", "si_sr", "hhi_wgi_t_eu"}),
        _printed_inputs,
    ),
    _Layout(
        "supply_shares", frozenset({"Material", "Stage", "Country", "Share", "t"}), _supply_shares
    ),
    _Layout(
        "use_shares",
        frozenset({"Material", "Application", "Share", "NACE sector", "VA in million"}),
        _use_shares,
    ),
    _Layout("printed_scores", frozenset({"Material", "Year", "SR", "EI"}), _printed_scores),
    _Layout(
        "recycling_rates",
        frozenset({"material", "assessment_year", "eol_rir_share", "confidence"}),
        _recycling_rates,
    ),
)


def _required(cells: Cells, name: str) -> str:
    if not cells[name]:
        raise ValueError(f"no {name}")
    return cells[name]


def _number(cells: Cells, name: str) -> float | None:
    try:
        return parse_number(cells[name])
    except ValueError as error:
        raise ValueError(f"{name} is {error}") from None


def _year(text: str) -> int:
    year = text.removesuffix(".0")
    if not re.fullmatch("20[0-9]{2}", year):
        raise ValueError(f"not a year: {text!r}")
    return int(year)


def _share(text: str) -> tuple[float, str]:
    """A share in per cent and its operator; a number without % may be a share of one."""
    found = _PER_CENT.fullmatch(text)
    if not found or float(found[2]) > 100:
        raise ValueError(f"not a share in per cent: {text!r}")
    return float(found[2]), found[1] or "="
