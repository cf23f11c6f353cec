"""Value cells: every spelling in the releases, and properties of all of them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.usgs_mcs.values import STATUSES, UnreadableValueError, parse_value


@pytest.mark.parametrize(
    ("text", "value", "low", "high", "operator", "status"),
    [
        ("839,000", 839000, 839000, 839000, "=", "reported"),
        ("  NA", None, None, None, "=", "not_available"),
        ("W", None, None, None, "=", "withheld"),
        ("XX", None, None, None, "=", "not_applicable"),
        ("E", None, None, None, "=", "net_exporter"),
        ("", None, None, None, "=", "unknown"),
        ("—", 0, 0, 0, "=", "zero"),
        ("0", 0, 0, 0, "=", "zero"),
        ("s", None, 0, 0.5, "<", "trace"),
        ("Less than ½ unit.", None, 0, 0.5, "<", "trace"),
        ("Less than 1/2 unit.", None, 0, 0.5, "<", "trace"),
        ("Less than a half unit", None, 0, 0.5, "<", "trace"),
        ("Less than one-half unit", None, 0, 0.5, "<", "trace"),
        ("Less than half a unit", None, 0, 0.5, "<", "trace"),
        ("less than 0.5 unit", None, 0, 0.5, "<", "trace"),
        ("Less than 1⁄2 unit", None, 0, 0.5, "<", "trace"),
        ("Less than 1/2 metric ton", None, 0, 0.5, "<", "trace"),
        ("<1", None, 0, 1, "<", "trace"),
        (">50", 50, 50, None, ">", "reported"),
        ("<25", 25, 0, 25, "<", "reported"),
        (">95%", 95, 95, None, ">", "reported"),
        ("<1,000", 1000, 0, 1000, "<", "reported"),
        ("Less than 1,000\xa0carats.", 1000, 0, 1000, "<", "reported"),
        ("50–300", None, 50, 300, "=", "reported"),
        ("10,000 - 15,000", None, 10000, 15000, "=", "reported"),
        ("e4,200", 4200, 4200, 4200, "=", "estimated"),
        ("4,200e", 4200, 4200, 4200, "=", "estimated"),
        ("4,20012", 4200, 4200, 4200, "=", "reported"),
        ("W2", None, None, None, "=", "withheld"),
        ("NAe", None, None, None, "=", "not_available"),
        ("?10", -10, -10, -10, "=", "reported"),
        ("−8", -8, -8, -8, "=", "reported"),
        ("68\xa0", 68, 68, 68, "=", "reported"),
        ("4,200⁷", 4200, 4200, 4200, "=", "reported"),
        ("Large", None, None, None, "=", "qualitative"),
        ("Moderate to large", None, None, None, "=", "qualitative"),
        ('Categorized as "large"', None, None, None, "=", "qualitative"),
        ("Variable, depending on type of product", None, None, None, "=", "qualitative"),
        ("Included in World total.", None, None, None, "=", "included_elsewhere"),
        ("included with ilmenite", None, None, None, "=", "included_elsewhere"),
    ],
)
def test_spellings(
    text: str, value: float, low: float, high: float, operator: str, status: str
) -> None:
    read = parse_value(text)
    assert (read.value, read.low, read.high) == (value, low, high)
    assert (read.operator, read.status) == (operator, status)


def test_a_lost_minus_sign_is_restored_and_recorded() -> None:
    assert parse_value("?1").repair == "minus sign restored from '?'"
    assert parse_value("1").repair is None


@pytest.mark.parametrize(
    ("note", "year", "status"),
    [
        ("W for 23-24", 2023, "withheld"),
        ("na for 2023", 2023, "not_available"),
        ("na for 2023", 2024, "unknown"),
        ("XX", 2024, "not_applicable"),
        ("Less than 1/2 unit", 2024, "trace"),
        ("Moderate to Large", 2024, "qualitative"),
        ("Included with Other countries", 2024, "included_elsewhere"),
        ("estimated 2023", 2023, "unknown"),
        ("", 2024, "unknown"),
    ],
)
def test_a_blank_takes_its_reason_from_the_note(note: str, year: int, status: str) -> None:
    read = parse_value("", note=note, year=year)
    assert read.status == status
    assert read.value is None


def test_a_note_never_replaces_a_number() -> None:
    assert parse_value("12", note="NA").value == 12
    assert parse_value("W", note="Large").status == "withheld"


@pytest.mark.parametrize("text", ["12abc", "1,2,3", "300–50", "n.a. ?", "->5", "1 2"])
def test_an_unknown_spelling_is_an_error(text: str) -> None:
    with pytest.raises(UnreadableValueError):
        parse_value(text)


@given(st.integers(0, 10**9), st.booleans(), st.sampled_from(["", " ", "\xa0", "    "]))
def test_numbers_with_separators_blanks_and_marks(number: int, marked: bool, pad: str) -> None:
    read = parse_value(f"{pad}{'e' if marked else ''}{number:,}{pad}")
    assert read.value == number
    assert read.status == ("zero" if number == 0 else "estimated" if marked else "reported")


@given(st.sampled_from([">", "<", ">=", "<=", "≤", "≥"]), st.integers(2, 10**6))
def test_a_bound_is_never_a_point(operator: str, number: int) -> None:
    read = parse_value(f"{operator}{number:,}")
    assert read.operator in (">", "<", ">=", "<=")
    assert read.operator[0] == {"≤": "<", "≥": ">"}.get(operator, operator)[0]
    assert number in (read.low, read.high)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.sampled_from(["–", "-", " - ", " to "]))
def test_a_range_has_ends_and_no_middle(one: int, other: int, dash: str) -> None:
    low, high = sorted((one, other))
    read = parse_value(f"{low:,}{dash}{high:,}")
    assert (read.value, read.low, read.high) == (None, low, high)


@given(st.text(max_size=40), st.text(max_size=40), st.booleans())
def test_every_text_has_a_status_or_is_an_error(text: str, note: str, estimated: bool) -> None:
    try:
        read = parse_value(text, note=note, estimated=estimated, year=2024)
    except UnreadableValueError:
        return
    assert read.status in STATUSES
    if read.status not in ("reported", "estimated", "zero"):
        assert read.value is None
    if read.value is not None and read.low is not None and read.high is not None:
        assert read.low <= read.value <= read.high
