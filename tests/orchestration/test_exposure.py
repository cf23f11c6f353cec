"""`pax exposure`: a buyer's list is read with every mistake named, and answered from a release."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.orchestration.conftest import FinishedRun
from warehouse.paths import PROJECT
from warehouse.release.duckdb_file import FILE_NAME
from warehouse.storage.read_only import reading
from warehouse.supplier_list import COLUMNS, SupplierListError, read_purchases

pytestmark = pytest.mark.xdist_group("whole_run")
EXAMPLE = PROJECT / "docs" / "examples" / "suppliers.csv"


def written(folder: Path, text: str) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_may_have_semicolons_and_thousands(tmp_path: Path) -> None:
    path = written(tmp_path, "Origin;ITEM;value_usd\nCHN;gallium;1'200 000.5\n;;\n")
    (line,) = read_purchases(path)
    assert (line.line, line.item, line.origin, line.value_usd) == (2, "gallium", "CHN", 1200000.5)


@pytest.mark.parametrize(
    ("values", "numbers"),
    [
        (["1.200.000,50", "12,5", "1.200"], [1200000.5, 12.5, 1200]),
        (["1,200,000.50", "1,200", "7"], [1200000.5, 1200, 7]),
        (["1,200", "3.25"], [1200, 3.25]),
        (["12e5", "1234.567"], [1200000, 1234.567]),
        (["0.125", "0,125.0"], None),  # a zero begins no thousands
        (["1.200", "5"], None),
        (["1,200", "5"], None),
        (["12,50", "12.50"], None),
        (["1,20,000.5"], None),
    ],
)  # fmt: skip
def test_a_sign_means_what_it_means_elsewhere_in_the_column(
    tmp_path: Path, values: list[str], numbers: list[float] | None
) -> None:
    lines = "".join(f"gallium;CHN;{value}\n" for value in values)
    path = written(tmp_path, f"item;origin;value_usd\n{lines}")
    if numbers is None:
        with pytest.raises(SupplierListError, match=r"line [23]"):
            read_purchases(path)
    else:
        assert [purchase.value_usd for purchase in read_purchases(path)] == numbers


def test_what_is_no_csv_in_utf_8_is_named(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"PK\x03\x04workbook")
    with pytest.raises(SupplierListError, match="save it as CSV"):
        read_purchases(path)
    path.write_bytes("item,origin,value_usd\n1,CHN,2\n".encode("utf-16"))
    with pytest.raises(SupplierListError, match="save it as CSV"):
        read_purchases(path)
    # the mark that spreadsheets write before UTF-8
    path.write_bytes("item,origin,value_usd\ngallium,CHN,2\n".encode("utf-8-sig"))
    assert len(read_purchases(path)) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("item,origin,Item,value_usd\n850511,CHN,gallium,1\n", "the column item is there twice"),
        ("item,value_usd\ngallium,1\n", "without the column origin"),
        ("", "without the column item, origin, value_usd"),
        ("item,origin,value_usd\n", "0 lines"),
        ("item,origin,value_usd\ngallium,CHN,-1\ngallium,,2\n", "line 2: .*; line 3"),
        ("item,origin,value_usd\ngallium,CHN,nan\n", "line 2"),
    ],
)
def test_a_wrong_list_is_refused_with_every_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(SupplierListError, match=message):
        read_purchases(written(tmp_path, text))


def test_the_example_is_answered(whole_run: FinishedRun, tmp_path: Path) -> None:
    target = tmp_path / "answer.csv"
    done = whole_run.pax("exposure", str(EXAMPLE), "--buyer", "DEU", "--output", str(target))
    assert done.returncode == 0, done.stderr
    assert "line 6" in done.stdout
    assert "the origin is not known" in done.stdout
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == list(COLUMNS)
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "6", "7", "8"]
    magnets, from_japan, gallium = rows[:3]
    assert magnets["clauses_in_force"] == "CHN-2025-REE7"
    assert (float(magnets["controlled_usd_low"]), float(magnets["controlled_usd_high"])) == (
        0.0, 1200000.0
    )  # fmt: skip
    assert float(from_japan["controlled_usd_high"]) == 0
    assert "CHN-2023-GA-GE" in gallium["clauses_in_force"]
    # a code with several materials has no scenario of its own; a stop of another origin is none
    assert from_japan["scenario_ids"] == ""
    assert "chn_gallium_germanium" in gallium["scenario_ids"]
    with reading(whole_run.paths.current.resolve() / FILE_NAME) as release:
        ((low, high),) = release.execute(
            "select max(shortage_share_low), max(shortage_share_high) from marts.disruption_result"
            " where item_id = 'gallium' and entity_id = 'DEU' and policy = 'no_sharing'"
        ).fetchall()
    assert float(gallium["buyer_shortage_share_low"]) == pytest.approx(low, abs=1e-4)
    assert float(gallium["buyer_shortage_share_high"]) == pytest.approx(high, abs=1e-4)
    # unknown is not zero
    assert rows[4]["controlled_usd_high"] == rows[4]["is_country_of_concern"] == ""


def test_unknown_codes_and_origins_have_no_answer(whole_run: FinishedRun, tmp_path: Path) -> None:
    text = "item;origin;value_usd\n8505.11;china;5\n85051190;CN;5\n123456;CHN;5\n8505;CHN;5\n"
    path = written(tmp_path, f"{text}850511;Utopia;5\n")
    target = tmp_path / "answer.csv"
    done = whole_run.pax("exposure", str(path), "--output", str(target))
    assert done.returncode == 0, done.stderr
    with target.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["item_id"] for row in rows] == ["850511", "850511", "", "", "850511"]
    assert [bool(row["problem"]) for row in rows] == [False, False, True, True, True]
    assert all(row["controlled_usd_high"] == "" for row in rows[2:]), "unknown is not zero"


def test_a_cell_of_the_list_is_no_formula(whole_run: FinishedRun, tmp_path: Path) -> None:
    path = written(tmp_path, 'item,origin,value_usd\n"=cmd()",CHN,5\n')
    target = tmp_path / "answer.csv"
    done = whole_run.pax("exposure", str(path), "--output", str(target))
    assert done.returncode == 0, done.stderr
    assert "'=cmd()" in target.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("missing.csv",), "the list cannot be read"),
        ((str(EXAMPLE), "--buyer", "Utopia"), "Utopia is no country"),
        ((str(EXAMPLE), "--output", "answer.txt"), "neither .csv nor .parquet"),
    ],
)
def test_wrong_use_ends_with_two(
    whole_run: FinishedRun, words: tuple[str, ...], message: str
) -> None:
    done = whole_run.pax("exposure", *words)
    assert done.returncode == 2
    assert message in done.stderr
