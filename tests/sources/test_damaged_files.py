"""Excerpts with random damage, and Parquet with other types: rows, quarantine or a refusal.

`PAX_DAMAGED_FILES` is the number of random inputs (default 400); the seed is their number.
"""

from __future__ import annotations

import csv
import datetime
import decimal
import gzip
import io
import json
import math
import os
import random
import re
import resource
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pyarrow as pa
import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed, RawFile
from sources.kit.errors import SourceError
from tests.sources.cepii_baci import excerpts as baci
from tests.sources.eurostat_comext.test_comext import EXTRACT as COMEXT
from tests.sources.files import parquet_bytes, raw_file, zip_bytes
from tests.sources.test_mutations import JSONS, TABLES, Excerpt
from tests.sources.uk_hmrc.test_hmrc import EXTRACT as HMRC
from tests.sources.us_census.test_census import EXTRACT as CENSUS

N_FILES = int(os.environ.get("PAX_DAMAGED_FILES", "400"))
EXCERPTS = [*TABLES.values(), *JSONS.values()]
PIECES = (
    "NaN", "inf", "-1", "1e400", "", "null", "\0", '"', "\n", ";", ",", "{", "[", "]", "}", "''",
    "9" * 400, "2099", "-", "é", "\ufeff", "0x1", "[]", "{}", "true", "1e-400", "TOTAL",
    "9" * 20, "1,234", "\\u0000", "\\ud800",
)  # fmt: skip


def damaged(text: str, chance: random.Random) -> bytes:
    """The text with a cell replaced, or pieces inserted, deleted, repeated or swapped."""
    if chance.random() < 0.5:
        first, last = chance.choice([m.span() for m in re.finditer(r"[^,\n:\[\]{}]+", text)])
        text = text[:first] + chance.choice(PIECES) + text[last:]
    else:
        for _ in range(chance.choice([1, 1, 2, 4])):
            at = chance.randrange(len(text) + 1)
            end = min(len(text), at + chance.choice([0, 1, 3, 8, 40]))
            new = chance.choice([chance.choice(PIECES), "", text[at:end] * 2])
            text = text[:at] + new + text[end:]
    content = bytearray(text.encode())
    if content and chance.random() < 0.1:
        content[chance.randrange(len(content))] = chance.randrange(256)
    if chance.random() < 0.1:
        packed = gzip.compress(bytes(content))
        return packed[: chance.randrange(len(packed) // 2, len(packed) + 1)]
    return bytes(content)


def require_finite(found: list[Parsed]) -> None:
    for parsed in found:
        for table in parsed.tables.values():
            for column in table.columns:
                if pa.types.is_floating(column.type):
                    assert all(x is None or math.isfinite(x) for x in column.to_pylist())


def outcome_of(source_id: str, files: list[RawFile]) -> tuple[str, int]:
    """What becomes of the files of a source, and how many of their rows were quarantined."""
    try:
        found = list(find_source(source_id).parse(files))
        require_finite(found)
    except SourceError as error:
        return ("refused" if error.remedy else f"refused without a remedy: {error}"), 0
    except Exception as error:
        return f"unhandled: {error!r}", 0
    return "read", sum(len(parsed.quarantine) for parsed in found)


def test_random_damage_is_read_or_refused_in_time() -> None:
    """Rows and quarantine, or an error of the source that says what to do; each within 20 s."""
    n_with_quarantine, others, longest = 0, [], 0.0
    counts: Counter[str] = Counter()
    for seed in range(N_FILES):
        chance = random.Random(seed)
        excerpt: Excerpt = chance.choice(EXCERPTS)
        files = [raw_file(name, damaged(text, chance)) for name, text in excerpt.files.items()]
        begun = time.perf_counter()
        outcome, n_bad = outcome_of(excerpt.source_id, files)
        longest = max(longest, time.perf_counter() - begun)
        n_with_quarantine += n_bad > 0
        counts[outcome.partition(":")[0]] += 1
        if outcome not in ("read", "refused"):
            others.append(f"input {seed} of {excerpt.source_id}: {outcome}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"{dict(counts)}, {n_with_quarantine} of those read with a quarantined row; "
          f"the longest took {longest:.2f} s; at most {peak_mb} MB")  # fmt: skip
    assert not others, others[:10]
    assert 0 < counts["refused"] < N_FILES, "some damage is read and some is refused"
    assert longest < 20


def changed_columns(text: str) -> Iterator[str]:
    """The table without one of its columns, with it twice, and with it under another name."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    for at in range(len(rows[0])):
        header = [*rows[0][:at], f"{rows[0][at]}_x", *rows[0][at + 1 :]]
        for table in (
            [row[:at] + row[at + 1 :] for row in rows],
            [[*row, *row[at : at + 1]] for row in rows],
            [header, *rows[1:]],
        ):
            out = io.StringIO()
            csv.writer(out, lineterminator="\n").writerows(table)
            yield out.getvalue()


def other_shapes(text: str) -> Iterator[str]:
    """The same objects within other containers, and one field with a value of another type."""
    body = json.loads(text)
    yield from (json.dumps(one) for one in ([body], {"results": body}, [[body]], {}, [], None, 7))
    deep: Any = "x"
    for _ in range(500):
        deep = [deep]
    for replaced in (None, [], {}, [1], {"a": 1}, True, "x", -1, 1e308, "2" * 500, deep):
        for path in paths_of(body):
            yield json.dumps(with_value(body, path, replaced))


def paths_of(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of a JSON value, of a list the first one."""
    if path:
        yield path
    if isinstance(value, dict):
        for name, one in value.items():
            yield from paths_of(one, (*path, name))
    elif isinstance(value, list) and value:
        yield from paths_of(value[0], (*path, 0))


def with_value(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    changed = dict(value) if isinstance(value, dict) else list(value)
    changed[path[0]] = with_value(value[path[0]], path[1:], new)
    return changed


def require_handled(excerpt: Excerpt, files: list[RawFile], what: str) -> None:
    """Rows with finite figures, or an error of the source that names the file's fault."""
    try:
        require_finite(list(find_source(excerpt.source_id).parse(files)))
    except SourceError:
        return
    except Exception as error:
        raise AssertionError(f"{excerpt.source_id}: {what[:300]}") from error


@pytest.mark.parametrize("excerpt", TABLES.values(), ids=TABLES)
def test_missing_double_and_renamed_columns_are_read_or_refused(excerpt: Excerpt) -> None:
    for name, text in excerpt.files.items():
        others = [raw_file(n, t) for n, t in excerpt.files.items() if n != name]
        for changed in changed_columns(text):
            require_handled(excerpt, [raw_file(name, changed), *others], changed)


@pytest.mark.parametrize("excerpt", JSONS.values(), ids=JSONS)
def test_other_shapes_of_json_are_read_or_refused(excerpt: Excerpt) -> None:
    ((name, text),) = excerpt.files.items()
    for changed in other_shapes(text):
        require_handled(excerpt, [raw_file(name, changed)], changed)


@pytest.mark.parametrize("excerpt", EXCERPTS, ids=[*TABLES, *(f"{name} json" for name in JSONS)])
def test_damaged_members_of_archives_are_read_or_refused(excerpt: Excerpt) -> None:
    """A member that is cut, empty, of another kind, or an archive in an archive."""
    name, text = next(iter(excerpt.files.items()))
    others = [raw_file(n, t) for n, t in excerpt.files.items() if n != name]
    whole = text.encode()
    inner = zip_bytes({name: whole})
    for members in (
        {name: whole[: len(whole) // 2]},
        {name: b""},
        {name: b"\0" * 512},
        {name: whole, "picture.png": b"\x89PNG\r\n\x1a\n\0\0"},
        {name: whole, "notes.docx": inner},
        {name: whole, f"copy of {name}": whole},
        {f"{name}.zip": inner},
        {f"{name}.zip": inner[: len(inner) // 2]},
        {f"{name}.gz": gzip.compress(whole)[:-9]},
        {f"{name}.zip": zip_bytes({f"{name}.zip": zip_bytes({f"{name}.zip": inner})})},
    ):
        packed = zip_bytes(members)
        require_handled(excerpt, [raw_file("all.zip", packed), *others], repr(list(members)))
        require_handled(excerpt, [raw_file("all.zip", packed[:-30]), *others], "a cut archive")


EXTRACTS = {
    "baci_slice": ("cepii_baci", baci.SLICE_2024_NAME, baci.SLICE_2024),
    "baci_top": ("cepii_baci", baci.TOP_NAME, baci.TOP_2023),
    "comext": ("eurostat_comext", "extract.parquet", COMEXT),
    "census": ("us_census", "extract.parquet", CENSUS),
    "hmrc": ("uk_hmrc", "extract.parquet", HMRC),
}
OTHER_TYPES: dict[str, Callable[[int], pa.Array]] = {
    "half": lambda n: pa.array([1.5] * n),
    "negative": lambda n: pa.array([-7.0] * n),
    "infinite": lambda n: pa.array([float("inf")] * n),
    "not a number": lambda n: pa.array([float("nan")] * n),
    "null": lambda n: pa.nulls(n),
    "truth value": lambda n: pa.array([True] * n),
    "list": lambda n: pa.array([[1]] * n),
    "struct": lambda n: pa.array([{"a": 1}] * n),
    "bytes": lambda n: pa.array([b"\xff\xfe"] * n),
    "date": lambda n: pa.array([datetime.date(2024, 1, 1)] * n),
    "time": lambda n: pa.array([datetime.datetime(2024, 1, 1)] * n),
    "decimal": lambda n: pa.array([decimal.Decimal("1.50")] * n),
    "text": lambda n: pa.array(["x"] * n),
}


@pytest.mark.parametrize("of", EXTRACTS)
def test_parquet_of_other_types_is_read_or_refused(of: str) -> None:
    source_id, name, columns = EXTRACTS[of]
    n_rows = len(next(iter(columns.values())))
    for column in columns:
        for other in OTHER_TYPES.values():
            content = parquet_bytes({**columns, column: other(n_rows)})
            try:
                require_finite(list(find_source(source_id).parse([raw_file(name, content)])))
            except SourceError:
                continue


@pytest.mark.parametrize("of", EXTRACTS)
def test_parquet_with_texts_or_dictionaries_gives_the_same_rows(of: str) -> None:
    source_id, name, columns = EXTRACTS[of]

    def rows(given: dict[str, Any]) -> list[Any]:
        found = find_source(source_id).parse([raw_file(name, parquet_bytes(given))])
        return [
            table.drop_columns(["payload_sha256"]).to_pylist()
            for parsed in found
            for table in parsed.tables.values()
        ]

    arrays = {key: pa.array(values) for key, values in columns.items()}
    texts = {
        key: [None if value is None else str(value) for value in values]
        for key, values in columns.items()
    }
    encoded = {key: a if pa.types.is_null(a.type) else a.dictionary_encode()
               for key, a in arrays.items()}  # fmt: skip
    assert rows(columns) == rows(texts) == rows(encoded)
