"""Publishers' figures in the shapes in which other programs save them: right rows, or told.

Rows without the response around them, an object per line, a table of a JSON response, names in
another case, codes in groups, and pages that are missing.
"""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest

from sources.kit.catalog import find_source
from sources.kit.contract import Parsed
from sources.kit.errors import CorruptFileError, SourceError, UnknownLayoutError
from tests.sources.bgs_wms.conftest import NAMES, RECORDS
from tests.sources.eurostat_comext.test_comext import V2
from tests.sources.files import raw_file
from tests.sources.global_trade_alert.test_parse import LINE, OBJECT, export
from tests.sources.test_mutations import declared_rows
from tests.sources.uk_hmrc.test_hmrc import PAGE, odata_row
from tests.sources.un_comtrade.test_parse import API_HEADER, API_LINE, API_OBJECT, envelope
from tests.sources.us_census.test_census import RESPONSE
from tests.sources.worldbank_wgi.test_parse import HEADER, LINES

OTHER = API_OBJECT | {"partnerCode": 36, "primaryValue": 7.25, "cifvalue": 7.25}


def parsed(source_id: str, name: str, content: object) -> list[Parsed]:
    return list(find_source(source_id).parse([raw_file(name, content)]))


def table_of(names: tuple[str, ...], records: list[dict[str, Any]]) -> str:
    out = io.StringIO()
    writer = csv.DictWriter(out, names, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(records)
    return out.getvalue()


def lines_of(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(one) + "\n" for one in records)


CENSUS = [dict(zip(RESPONSE[0], row, strict=True)) for row in RESPONSE[1:]]
SHAPES = [
    ("un_comtrade", envelope(API_OBJECT, OTHER), [API_OBJECT, OTHER]),
    ("un_comtrade", envelope(API_OBJECT, OTHER), lines_of([API_OBJECT, OTHER])),
    ("uk_hmrc", PAGE, PAGE["value"]),
    ("uk_hmrc", PAGE, lines_of(PAGE["value"])),  # type: ignore[arg-type]
    ("uk_hmrc", PAGE, [{n.lower(): v for n, v in row.items()} for row in PAGE["value"]]),  # type: ignore[attr-defined]
    ("us_census", RESPONSE, CENSUS),
    ("us_census", RESPONSE, lines_of(CENSUS)),
    ("us_census", RESPONSE, [[name.lower() for name in RESPONSE[0]], *RESPONSE[1:]]),
    ("us_census", RESPONSE, "\n".join(",".join(row) for row in RESPONSE) + "\n"),
    ("us_census", RESPONSE, "\n".join(";".join(row) for row in RESPONSE) + "\n"),
    ("bgs_wms", table_of(NAMES, RECORDS), RECORDS),
    ("bgs_wms", table_of(NAMES, RECORDS), lines_of(RECORDS)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("source_id", "published", "given"),
    SHAPES,
    ids=[f"{one[0]} {n}" for n, one in enumerate(SHAPES)],
)
def test_another_shape_gives_identical_rows(source_id: str, published: Any, given: Any) -> None:
    wanted, found = parsed(source_id, "a.json", published), parsed(source_id, "a.json", given)
    assert declared_rows(found) == declared_rows(wanted)
    assert sum(map(len, declared_rows(found).values())) > 0


@pytest.mark.parametrize("cut", [0.4, 0.9])
@pytest.mark.parametrize(
    ("source_id", "given"),
    [("un_comtrade", lines_of([API_OBJECT] * 4)), ("us_census", lines_of(CENSUS)),
     ("uk_hmrc", lines_of([odata_row()] * 4)), ("bgs_wms", lines_of(RECORDS))],
)  # fmt: skip
def test_a_cut_shape_is_refused(source_id: str, given: str, cut: float) -> None:
    with pytest.raises(SourceError):
        parsed(source_id, "a.json", given[: int(len(given) * cut)].rstrip("}\n"))


@pytest.mark.parametrize("n_rows", [499, 500])
def test_rows_without_a_response_at_the_row_cap_are_refused(n_rows: int) -> None:
    rows = [API_OBJECT | {"partnerCode": n} for n in range(1, n_rows + 1)]
    if n_rows == 500:
        with pytest.raises(CorruptFileError, match="the most of one answer"):
            parsed("un_comtrade", "a.json", rows)
    else:
        (one,) = parsed("un_comtrade", "a.json", rows)
        assert one.tables["trade"].num_rows == n_rows


def test_pages_that_are_missing_are_reported() -> None:
    features = [{"type": "Feature", "properties": one} for one in RECORDS]
    page = {"type": "FeatureCollection", "features": features, "numberReturned": len(RECORDS)}
    with pytest.raises(CorruptFileError, match=r"12 of 5,000 records are given: pages are missing"):
        parsed("bgs_wms", "b.json", page | {"numberMatched": 5000})
    assert parsed("bgs_wms", "b.json", page | {"numberMatched": len(RECORDS)})
    full = [OBJECT | {"intervention_id": n} for n in range(1, 1001)]
    with pytest.raises(CorruptFileError, match="1,000 of 5,000 interventions"):
        parsed("global_trade_alert", "p.json", {"count": 5000, "results": full})


@pytest.mark.parametrize("n_rows", [999, 1000])
def test_a_table_of_bgs_as_long_as_a_page_may_lack_one(n_rows: int) -> None:
    rows = [RECORDS[1] | {"country_trans": f"Country {n}"} for n in range(n_rows)]
    if n_rows == 1000:
        with pytest.raises(CorruptFileError, match="a page may be missing"):
            parsed("bgs_wms", "b.csv", table_of(NAMES, rows))
    else:
        assert parsed("bgs_wms", "b.csv", table_of(NAMES, rows))


@pytest.mark.parametrize("code", ["2846 90 30", "2846.90.30"])
def test_codes_in_groups_are_codes(code: str) -> None:
    wanted = parsed("eurostat_comext", "full_v2_202452.csv", V2)
    found = parsed("eurostat_comext", "full_v2_202452.csv", V2.replace("28469030", code))
    assert declared_rows(found) == declared_rows(wanted)


def test_a_code_with_one_point_may_be_a_number_and_is_quarantined() -> None:
    other = API_LINE.replace("010121", "2846.9")
    (one,) = parsed("un_comtrade", "x.csv", f"{API_HEADER}\n{API_LINE}\n{other}\n")
    assert [row.reason for row in one.quarantine] == ["not a product code"]


def test_a_period_of_another_year_than_its_year_is_quarantined() -> None:
    other = API_LINE.replace(",2022,842", ",2021,842")
    (one,) = parsed("un_comtrade", "x.csv", f"{API_HEADER}\n{API_LINE}\n{other}\n")
    assert [row.reason for row in one.quarantine] == ["the period is of another year than refYear"]
    assert one.tables["trade"].num_rows == 1


def test_flows_in_words_are_flows() -> None:
    wanted = parsed("eurostat_comext", "x.csv", V2)
    words = V2.replace(",1,1,NO_SU", ",IMPORT,1,NO_SU").replace(",2,1,NO_SU", ",Export,1,NO_SU")
    assert declared_rows(parsed("eurostat_comext", "x.csv", words)) == declared_rows(wanted)


@pytest.mark.parametrize(
    ("source_id", "name", "content", "remedy"),
    [
        ("uk_hmrc", "a.json", {"value": [odata_row(MonthId="2025-03-01")]}, "months as 202401"),
        ("uk_hmrc", "a.json", {"value": [odata_row(MonthId=20253)]}, "months as 202401"),
        ("eurostat_comext", "x.csv", V2.replace("202452", "20243"), "periods as 2024 or 202401"),
        ("us_census", "a.json", [RESPONSE[0], *([*r[:5], "Mar 2025"] for r in RESPONSE[1:])],
         "periods as 2024 or 202401"),
        ("global_trade_alert", "e.csv",
         export(LINE | {"Date Announced": "03/02/2026"}).content, "days as 2026-02-03"),
        ("uk_hmrc", "a.csv", "MonthId,Value\n202503,1\n", "known layouts are: odata_json"),
    ],
)  # fmt: skip
def test_a_refusal_says_what_helps(source_id: str, name: str, content: object, remedy: str) -> None:
    with pytest.raises(SourceError, match=remedy):
        parsed(source_id, name, content)


def test_a_missing_column_is_named() -> None:
    row = {n: v for n, v in odata_row().items() if n != "NetMass"}
    with pytest.raises(UnknownLayoutError, match="without NetMass"):
        parsed("uk_hmrc", "a.json", {"value": [row]})
    rows = list(csv.reader(io.StringIO(V2)))
    at = rows[0].index("STAT_PROCEDURE")
    text = "".join(",".join(c for i, c in enumerate(row) if i != at) + "\n" for row in rows)
    with pytest.raises(UnknownLayoutError, match="it lacks STAT_PROCEDURE"):
        parsed("eurostat_comext", "x.csv", text)


def test_dimensions_of_wgi_in_capitals_are_dimensions() -> None:
    wanted = parsed("worldbank_wgi", "w.csv", HEADER + LINES)
    found = parsed("worldbank_wgi", "w.csv", HEADER + LINES.replace(",cc,", ",CC,"))
    assert declared_rows(found) == declared_rows(wanted)
